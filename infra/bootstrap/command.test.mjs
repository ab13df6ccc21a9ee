import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { npmCommand, runCommand } from './command.mjs';

const node = process.execPath;

describe('runCommand', () => {
  test('gives the exit code and the lines of both outputs', async () => {
    /** @type {string[]} */
    const lines = [];
    const result = await runCommand({
      command: node,
      args: ['-e', "console.log('out'); console.error('err'); process.exitCode = 3"],
      timeoutMs: 30_000,
      onLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({ code: 3, isTimedOut: false });
    expect(lines.sort()).toEqual(['err', 'out']);
  });

  test('keeps the first and the last lines only', async () => {
    const script = 'for (let i = 1; i <= 100; i++) console.log(i)';
    const { output } = await runCommand({ command: node, args: ['-e', script], timeoutMs: 30_000 });
    const kept = [...range(1, 12), ...range(81, 100)].map(String);
    expect(output.split('\n')).toEqual(kept);
  });

  test('has no exit code for a program that is not there', async () => {
    const result = await runCommand({ command: '/no/such/program', args: [], timeoutMs: 30_000 });
    expect(result.code).toBeNull();
    expect(result.output).toContain('ENOENT');
  });

  test.skipIf(process.platform === 'win32')(
    'stops a program that takes too long, and what it started',
    async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'earshot-command-'));
      const pidFile = path.join(folder, 'pid');
      const script = `sleep 600 & echo $! > ${pidFile}.new && mv ${pidFile}.new ${pidFile}; wait`;
      // On a busy machine it may be stopped before it has started anything: then it gets more time.
      for (let timeoutMs = 500; !fs.existsSync(pidFile); timeoutMs *= 2) {
        const result = await runCommand({ command: 'sh', args: ['-c', script], timeoutMs });
        expect(result).toMatchObject({ code: null, isTimedOut: true });
      }
      const grandchild = Number(fs.readFileSync(pidFile, 'utf8'));
      await expect.poll(() => isRunning(grandchild), { timeout: 120_000 }).toBe(false);
      fs.rmSync(folder, { recursive: true });
    },
  );
});

describe('npmCommand', () => {
  test('is the npm that runs us', () => {
    expect(npmCommand({ npm_execpath: '/opt/npm/bin/npm-cli.js' })).toEqual({
      command: node,
      args: ['/opt/npm/bin/npm-cli.js'],
    });
  });

  test.each([undefined, '/opt/yarn/yarn.js'])('is the one on the PATH with %s', (cli) => {
    expect(npmCommand({ npm_execpath: cli }).command).toMatch(/^npm(\.cmd)?$/);
  });
});

/**
 * @param {number} from
 * @param {number} to Included.
 */
function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/**
 * A zombie that nobody has collected counts as ended.
 * @param {number} pid
 */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  return !fs.existsSync(status) || !/\) Z /.test(fs.readFileSync(status, 'utf8'));
}
