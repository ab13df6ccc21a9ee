import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { expect, it } from 'vitest';
import { childrenOf } from '../stage/process-tree.ts';
import { memoryOf } from './process-memory.ts';

/** Half of it each, so that the whole stands in no command line and no source. */
const script = `
  globalThis.kept = Buffer.from(['memory of', ' another process'].join(''));
  process.stdout.write('ready');
  process.stdin.resume();
`;
const kept = ['memory of', 'another process'].join(' ');

it.runIf(existsSync('/proc/self/mem'))(
  'reads what another process holds, and only that',
  async () => {
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      expect(childrenOf(process.pid)).toContain(pid);
      expect(isHeld(pid, kept)).toBe(true);
      expect(isHeld(pid, `${kept} and more`)).toBe(false);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  },
);

it('refuses where there is no such process', () => {
  expect(() => [...memoryOf(2 ** 30)]).toThrow(/the memory of process/);
});

function isHeld(pid: number, text: string): boolean {
  for (const piece of memoryOf(pid)) if (piece.includes(text)) return true;
  return false;
}
