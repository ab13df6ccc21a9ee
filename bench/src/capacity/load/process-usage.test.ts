import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { busyMsIn, cpuMsOf, residentBytesOf } from './process-usage.ts';

it('a core is busy with everything but being idle and waiting for a disk', () => {
  const stat = [
    'cpu  9 9 9 9 9 9 9 9 9 9',
    'cpu1 1 2 4 1000 2000 8 16 32 4000 8000',
    'cpu10 7 7 7 7 7 7 7 7 7 7',
    'cpu20 7 7 7 7 7 7 7 7 7 7',
    'intr 5',
  ].join('\n');
  expect(busyMsIn(stat, 1)).toBe(630);
  expect(busyMsIn(stat, 10)).toBe(420);
  expect(busyMsIn(stat, 2)).toBe(0);
});

describe.runIf(process.platform === 'linux')('of processes', () => {
  it('CPU is what they used in user and kernel mode, together', () => {
    const beforeMs = cpuMsOf([process.pid]);
    const before = process.cpuUsage();
    while (process.cpuUsage(before).system < 60_000) process.memoryUsage();
    const { user, system } = process.cpuUsage(before);
    const usedMs = cpuMsOf([process.pid]) - beforeMs;
    expect(Math.abs(usedMs - (user + system) / 1000)).toBeLessThanOrEqual(30);
    expect(cpuMsOf([process.pid, process.pid])).toBeGreaterThanOrEqual(2 * (beforeMs + usedMs));
  });

  it('memory is what is resident, in bytes', () => {
    const bytes = residentBytesOf([process.pid]);
    expect(bytes / process.memoryUsage.rss()).toBeCloseTo(1, 1);
    expect(residentBytesOf([process.pid, process.pid]) / bytes).toBeCloseTo(2, 1);
  });

  it('a name may hold spaces and parentheses', async () => {
    const program = path.join(mkdtempSync(path.join(os.tmpdir(), 'earshot-name-')), 'a) b c d e f');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    try {
      expect(cpuMsOf([child.pid ?? 0])).toBeLessThan(1000);
    } finally {
      child.kill();
    }
  });
});
