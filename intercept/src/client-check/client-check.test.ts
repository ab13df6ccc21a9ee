import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { checkClient } from './check-client.ts';
import { runClientManifest } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const page = '<script src="/assets/index-A1.js"></script><link href="/icon.svg">';
const published: Readonly<Record<string, string>> = {
  'assets/index-A1.js': 'import("./part-B2.js"); new URL("/assets/worker-C3.js", origin)',
  'assets/worker-C3.js': 'work()',
  'icon.svg': '<svg/>',
  'index.html': page,
  'lab.html': 'on another listener',
};
const manifestFile = join(folder, 'client-manifest.json');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifest = {
  version: 1,
  files: Object.fromEntries(
    Object.entries(published).map(([path, text]) => [path, sha256(text)] as const),
  ),
} as const;
writeFileSync(manifestFile, JSON.stringify(manifest));

type Answer = string | ((response: ServerResponse) => void) | undefined;

/** As the real one: the page on its paths, files by name, no `lab.html`. */
async function serve(changes: Readonly<Record<string, Answer>> = {}): Promise<string> {
  const pages = ['', 'identity', 'compare', 'j/0000000000000000000000'];
  const files: Readonly<Record<string, Answer>> = {
    ...published,
    ...Object.fromEntries(pages.map((path) => [path, page] as const)),
    'lab.html': undefined,
    ...changes,
  };
  const server = createServer(({ url = '/' }, response) => {
    const answer = files[url.slice(1)];
    if (typeof answer === 'function') answer(response);
    else if (answer === undefined) response.writeHead(404).end('not found');
    else response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return `http://127.0.0.1:${String(address.port)}`;
}

async function run(
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  let out = '';
  let error = '';
  const code = await runClientManifest(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (error += text) },
  });
  return { code, out, error };
}

const check = (origin: string, ...more: string[]) =>
  run('--origin', origin, '--manifest', manifestFile, ...more);

describe('client-manifest', () => {
  it('finds everything as published on an honest server', async () => {
    const origin = await serve();
    expect(await check(origin)).toEqual({
      code: 0,
      out: `${origin}: 7 as published, nothing else\n`,
      error: '',
    });
  });

  it.each([
    [{ 'assets/worker-C3.js': 'work(1)' }, 'changed  assets/worker-C3.js'],
    [{ 'assets/worker-C3.js': undefined }, 'missing  assets/worker-C3.js'],
    [{ '': `${page} ` }, 'changed  index.html'],
    [{ identity: `${page} ` }, 'changed  index.html at /identity'],
    [
      { 'j/0000000000000000000000': `${page} ` },
      'changed  index.html at /j/0000000000000000000000',
    ],
    [{ compare: undefined }, 'missing  index.html at /compare'],
    [{ 'lab.html': 'something else' }, 'changed  lab.html'],
  ])('names the one file that is not: %o', async (changes, line) => {
    const origin = await serve(changes);
    const { code, out } = await check(origin);
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toBe(line);
    expect(out.split('\n')[1]).toMatch(/, 1 not$/);
  });

  it('names files that were never published, and what those name', async () => {
    const origin = await serve({
      'assets/index-A1.js': 'import("/assets/leak-D4.js")',
      'assets/leak-D4.js': 'import("/assets/deeper-E5.js"); import("/assets/nowhere-F6.js")',
      'assets/deeper-E5.js': 'leak()',
    });
    const { code, out } = await check(origin, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      origin,
      verdict: 'differs',
      same: 6,
      changed: ['assets/index-A1.js'],
      missing: [],
      extra: ['assets/leak-D4.js', 'assets/deeper-E5.js'],
    });
  });
});

describe('what cannot be checked', () => {
  it.each([
    [[], 'usage'],
    [['--origin', 'calls.example'], 'usage'],
    [['--origin', 'ftp://calls.example'], 'usage'],
    [['--origin', 'https://calls.example/j/1'], 'usage'],
    [['--origin', 'https://user@calls.example'], 'usage'],
    [['--origin', 'https://calls.example', '--what'], 'usage'],
    [['--origin', 'http://127.0.0.1', '--manifest', join(folder, 'none')], 'manifest-unreadable'],
    [['--origin', 'http://127.0.0.1:1', '--manifest', manifestFile], 'unreachable'],
  ])('%j: %s', async (args, error) => {
    const result = await run(...args);
    expect(result.code).toBe(2);
    expect(result.out).toBe('');
    expect(result.error).toMatch(new RegExp(`^${error}: .+\n$`));
  });

  it.each([
    ['an error', 'refused', (response: ServerResponse) => response.writeHead(503).end()],
    [
      'a way elsewhere',
      'refused',
      (response: ServerResponse) => response.writeHead(302, { location: '/' }).end(),
    ],
    ['an end in the middle', 'unreachable', (response: ServerResponse) => response.destroy()],
    [
      'more than any client has',
      'too-large',
      (response: ServerResponse) => response.end(Buffer.alloc(16 * 2 ** 20 + 1)),
    ],
  ])('an answer that is %s: %s', async (_what, error, answer) => {
    const result = await check(await serve({ 'icon.svg': (response) => void answer(response) }));
    expect(result.code).toBe(2);
    expect(result.error).toMatch(new RegExp(`^${error}: .+/icon\\.svg.*\n$`));
  });

  it('gives up on a server that never answers', async () => {
    const origin = await serve({ 'icon.svg': () => undefined });
    const checked = checkClient({ origin, manifest, timeoutMs: 200 });
    await expect(checked).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('does not follow names without end', async () => {
    const names = Array.from({ length: 600 }, (_, i) => `assets/x-${String(i)}.js`).join(' ');
    const result = await check(await serve({ 'icon.svg': names }));
    expect(result).toMatchObject({ code: 2, error: 'too-large: more files than any client has\n' });
  });
});

it('--help says how it is used', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: client-manifest --origin URL/);
});
