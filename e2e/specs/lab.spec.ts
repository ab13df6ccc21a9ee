/** The interception lab as people run it: a command, its exit code, and the evidence that it leaves. */
import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCell } from '@earshot/intercept/lab/cell-runner';
import { Examiner } from '@earshot/intercept/lab/examiner';
import { Lab } from '@earshot/intercept/lab/lab';
import { verdictsSchema, type RunResult } from '@earshot/intercept/lab/verdict-schema';
import exampleAttack from '@earshot/intercept/test/example-attack';
import { expect, test as base } from '../fixtures/test.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const test = base.extend<{ readonly outFolder: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the pattern to learn what a fixture needs
  outFolder: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'earshot-lab-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

test('the short set: every cell as claimed, with its controls, and a report that opens from disk', async ({
  outFolder,
  browsers,
}) => {
  test.setTimeout(1_800_000);
  const lab = startLab(['--quick', '--json', '--out', outFolder]);
  let json = '';
  lab.stdout?.on('data', (chunk: Buffer) => (json += chunk.toString()));
  const exitCode = await exitCodeOf(lab);

  const { cells } = verdictsSchema.parse(JSON.parse(json));
  const unexpected = cells.filter(({ isAsClaimed }) => !isAsClaimed);
  const reasons = unexpected.map(({ runs, ...cell }) => ({ ...cell, runs: runs.map(whatCameOf) }));
  expect(reasons).toEqual([]);
  expect(exitCode).toBe(0);
  expect(new Set(cells.map(({ attack }) => attack))).toEqual(
    new Set(
      [
        ['K1', 'K4', 'K6', 'K7', 'K8', 'K9', 'K10'],
        ['I1', 'I2', 'I3', 'I4', 'I5'],
        ['S2', 'M2', 'M3'],
      ].flat(),
    ),
  );
  for (const { attack, mode, runs } of cells) {
    expect(runs.length, `runs of ${attack} on ${mode}`).toBeGreaterThan(1);
  }
  const tapped = cells.find(({ attack, mode }) => attack === 'K4' && mode === 'e2ee');
  expect(tapped?.runs.map(outcomeOf)).toEqual(['attack resists', 'senders-own-keys falls']);

  const [run = ''] = readdirSync(outFolder);
  const folder = path.join(outFolder, run);
  const files = cells.flatMap((cell) => cell.runs.flatMap((one) => one.files));
  expect(files.map((file) => path.basename(file.path))).toContain('tap.pcap');
  for (const file of files) {
    const bytes = readFileSync(path.join(folder, file.path));
    expect(createHash('sha256').update(bytes).digest('hex'), file.path).toBe(file.sha256);
  }

  const browser = await browsers.browserOf({ speaker: 'alice', microphone: 'granted' });
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
  await expect(page.locator('.matrix tbody tr')).toHaveCount(15);
  await expect(page.locator('.matrix .chip')).toHaveCount(cells.length);
  const shown = page.locator('figure img').first();
  await shown.scrollIntoViewIfNeeded();
  await expect
    .poll(() => shown.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth))
    .toBeGreaterThan(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(requested.filter((url) => !url.startsWith('file:'))).toEqual([]);
  await page.context().close();
});

test('the documented example runs', async ({ outFolder }) => {
  const lab = new Lab();
  const examiner = new Examiner({ folder: outFolder });
  try {
    const [cell] = exampleAttack.cells;
    if (cell === undefined) throw new Error('no cell');
    const result = await runCell(
      { attack: exampleAttack, cell },
      { lab, examiner, onRun: () => undefined },
    );
    expect(result.runs.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['attack', 'falls'],
      ['empty-log', 'resists'],
    ]);
    expect(result.isAsClaimed).toBe(true);
  } finally {
    await examiner.close();
    await lab.close();
  }
});

test('stopped in the middle of a call, it leaves no process', async ({ outFolder }) => {
  const lab = startLab(['--attack', 'K4', '--out', outFolder]);
  const { pid = 0 } = lab;
  await expect.poll(() => childrenOf(pid).length).toBeGreaterThanOrEqual(3);
  const started = childrenOf(pid);
  lab.kill('SIGINT');
  expect(await exitCodeOf(lab)).toBe(2);
  await expect.poll(() => started.filter(isAlive)).toEqual([]);
});

test('what it cannot do, it says in one line', async () => {
  const lab = startLab(['--attack', 'K99']);
  let said = '';
  lab.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await exitCodeOf(lab)).toBe(2);
  expect(said.split('\n')[0]).toBe('intercept: no such attack: K99');
});

const outcomeOf = ({ id, outcome }: { id: string; outcome: string }) => `${id} ${outcome}`;

const whatCameOf = ({ id, outcome, sentence, failure }: RunResult) => ({
  ...{ id, outcome, sentence },
  ...(failure === null ? {} : { failure }),
});

function startLab(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['intercept/src/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  // Read, or a full pipe would hold the lab up.
  child.stderr?.resume();
  await once(child, 'close');
  return child.exitCode;
}

/** All generations: browsers, their renderers, the server, its media worker. */
function childrenOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  const below = (above: number): number[] =>
    parents.filter(({ parent }) => parent === above).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(pid);
}

function parentOf(pid: number): number {
  return Number(statusOf(pid)[1]);
}

function isAlive(pid: number): boolean {
  const [state] = statusOf(pid);
  return state !== undefined && state !== 'Z';
}

/** State and parent (proc(5)); empty for who is gone. */
function statusOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
