/** What the documents state as fact, held against the code. */
import fs from 'node:fs';
import { keyingModes, modes } from '@earshot/keying/mode';
import { describe, expect, test } from 'vitest';

const readme = fs.readFileSync('README.md', 'utf8');

/** Table rows below the header that begins with `| firstHeading |`, without the separator. */
function rowsOfTable(markdown: string, firstHeading: string): string[][] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading}`));
  expect(start).toBeGreaterThan(-1);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('README.md', () => {
  test('says of every mode what keying/src/mode.ts says', () => {
    const stated = rowsOfTable(readme, 'mode');
    const expected = keyingModes.map((mode) => {
      const { inSignaling, whoCanHear } = modes[mode];
      return [`\`${mode}\``, inSignaling, whoCanHear.direct, whoCanHear.room];
    });
    expect(stated).toEqual(expected);
  });

  test('lists every workspace, with a README of at most 60 lines', () => {
    const root: unknown = JSON.parse(fs.readFileSync('package.json', 'utf8'));
    const folders = rowsOfTable(readme, 'folder').map(
      ([cell]) => /\[(\w+)\//.exec(cell ?? '')?.[1],
    );
    expect(root).toHaveProperty('workspaces', expect.arrayContaining(folders));
    expect(root).toHaveProperty('workspaces.length', folders.length);
    for (const folder of folders) {
      const text = fs.readFileSync(`${String(folder)}/README.md`, 'utf8');
      expect(text.trimEnd().split('\n').length, folder).toBeLessThanOrEqual(60);
    }
  });
});

describe('links between documents', () => {
  const documents = [
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'infra/README.md',
  ].concat(
    fs.readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  );

  test.each(documents.filter((name) => name.endsWith('.md')))('%s leads to files', (name) => {
    const base = new URL(name, `file://${process.cwd()}/`);
    const links = [...fs.readFileSync(name, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(([, target]) => target ?? '')
      .filter((target) => !/^[a-z]+:/.test(target) && !fs.existsSync(new URL(target, base)));
    expect(missing).toEqual([]);
  });
});

describe('deployment files', () => {
  const known = fs.readFileSync('.env.example', 'utf8');

  test.each([
    'infra/deploy/compose.yaml',
    'infra/deploy/kubernetes.yaml',
    'infra/deploy/Dockerfile',
  ])('%s sets variables that the server knows', (name) => {
    const text = fs.readFileSync(name, 'utf8');
    const used = new Set(text.match(/\b(EARSHOT_[A-Z_]+|METRICS_[A-Z]+)\b/g));
    expect(used.size).toBeGreaterThan(0);
    const unknown = [...used].filter(
      (variable) => !new RegExp(`^#? ?${variable}=`, 'm').test(known),
    );
    expect(unknown).toEqual([]);
  });
});
