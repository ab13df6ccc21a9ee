import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheDirectory, hashFiles } from './cache.mjs';
import { BootstrapFailure } from './failure.mjs';
import { isRecentEnough } from './node.mjs';
import { isInstalled } from './packages.mjs';
import { createProgress } from './progress.mjs';
import { buildPercent } from './worker.mjs';

describe('cacheDirectory', () => {
  test.each([
    ['linux', {}, '/home/ada/.cache/earshot'],
    ['linux', { XDG_CACHE_HOME: '/var/cache/ada' }, '/var/cache/ada/earshot'],
    ['linux', { XDG_CACHE_HOME: '' }, '/home/ada/.cache/earshot'],
    ['darwin', {}, '/home/ada/Library/Caches/earshot'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/earshot'],
  ])('on %s with %o is %s', (platform, env, expected) => {
    const system = { platform: /** @type {NodeJS.Platform} */ (platform), env, home: '/home/ada' };
    expect(cacheDirectory(system).replaceAll('\\', '/')).toBe(expected);
  });
});

describe('hashFiles', () => {
  test('changes with names and contents, and with nothing else', () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'earshot-hash-'));
    const write = (/** @type {string} */ name, /** @type {string} */ content) => {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), content);
    };
    const hash = () => hashFiles(root, ['src', 'missing'], (name) => !name.endsWith('.md'));
    write('src/a.ts', '1');
    const before = hash();
    write('src/README.md', 'words');
    write('src/node_modules/x/index.js', 'elsewhere');
    fs.utimesSync(path.join(root, 'src/a.ts'), 0, 0);
    expect(hash()).toBe(before);
    write('src/a.ts', '2');
    const changed = hash();
    expect(changed).not.toBe(before);
    fs.renameSync(path.join(root, 'src/a.ts'), path.join(root, 'src/b.ts'));
    expect([before, changed]).not.toContain(hash());
    fs.rmSync(root, { recursive: true });
  });
});

test.each([
  ['18.20.8', false],
  ['23.11.1', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s is recent enough: %s', (version, expected) => {
  expect(isRecentEnough(version)).toBe(expected);
});

describe('isInstalled', () => {
  const wanted = {
    '': {},
    client: { version: '0.1.0' },
    'node_modules/@earshot/client': { link: true },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/fsevents': { version: '2.3.3', optional: true },
  };
  const present = {
    'node_modules/@earshot/client': { link: true },
    'node_modules/zod': { version: '4.6.7' },
  };

  test('accepts what npm install left, without packages for other platforms', () => {
    expect(isInstalled(wanted, present)).toBe(true);
  });

  test('refuses another version', () => {
    expect(isInstalled(wanted, { ...present, 'node_modules/zod': { version: '4.6.6' } })).toBe(
      false,
    );
  });

  test.each(Object.keys(present))('refuses without %s', (missing) => {
    const rest = Object.fromEntries(Object.entries(present).filter(([name]) => name !== missing));
    expect(isInstalled(wanted, rest)).toBe(false);
  });
});

test.each([
  ['[12/240] Compiling C++ object x.cpp.o', 5],
  ['[240/240] Linking target mediasoup-worker', 100],
  ['Build type: native build', undefined],
])('%s: %s percent', (line, expected) => {
  expect(buildPercent(line)).toBe(expected);
});

describe('createProgress', () => {
  const written = () => {
    /** @type {string[]} */
    const texts = [];
    return { texts, stream: { write: (/** @type {string} */ text) => texts.push(text) } };
  };

  test('says one line for a step that finds everything in place', () => {
    const { texts, stream } = written();
    createProgress({ stream, isNested: false }).step('node').done('24.21.0, cached');
    expect(texts).toEqual(['earshot: node      24.21.0, cached\n']);
  });

  test('says nothing about that inside another bootstrap', () => {
    const { texts, stream } = written();
    createProgress({ stream, isNested: true }).step('node').done('24.21.0, cached');
    expect(texts).toEqual([]);
  });

  test('says what is being done and how it ended', () => {
    const { texts, stream } = written();
    const step = createProgress({ stream, isNested: true }).step('packages');
    step.update('npm ci');
    step.done('installed');
    expect(texts).toEqual(['earshot: packages  npm ci\n', 'earshot: packages  installed (0 s)\n']);
  });
});

test('a failure ends in the command that would mend it', () => {
  const failure = new BootstrapFailure('npm ci failed.', {
    output: 'npm error\nno network\n',
    remedy: 'npm ci --ignore-scripts',
  });
  expect(failure.report()).toBe(
    [
      'earshot: npm ci failed.',
      '',
      '    npm error',
      '    no network',
      '',
      'This would fix it:',
      '    npm ci --ignore-scripts',
      '',
    ].join('\n'),
  );
});
