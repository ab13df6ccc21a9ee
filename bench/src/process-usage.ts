/** CPU time and memory of processes, from Linux's process table. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

export interface ProcessUsage {
  /** All threads that are alive, to the nanosecond; since each began. */
  readonly cpuMs: number;
  /** What would be free without these processes: pages that they share with no other. */
  readonly privateBytes: number;
}

/** @throws Error where the system has no such table, or a process is gone. */
export function usageOf(processIds: readonly number[]): ProcessUsage {
  let cpuMs = 0;
  let privateBytes = 0;
  for (const id of processIds) {
    cpuMs += cpuMsOf(id);
    privateBytes += privateBytesOf(id);
  }
  return { cpuMs, privateBytes };
}

/** Those that render pages; Chromium's spare one, which does nothing, is among them. */
export async function rendererIds(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  } finally {
    await session.detach();
  }
}

/** First field of a thread's `schedstat`: nanoseconds on a CPU (Documentation/scheduler/sched-stats). */
function cpuMsOf(processId: number): number {
  let totalNs = 0;
  for (const task of readdirSync(`/proc/${processId}/task`)) {
    try {
      const stat = readFileSync(`/proc/${processId}/task/${task}/schedstat`, 'utf8');
      totalNs += Number(stat.split(' ', 1)[0]);
    } catch {
      // A thread that ended since it was listed.
    }
  }
  return totalNs / 1e6;
}

/** proc(5), `smaps_rollup`: lines such as `Private_Dirty:  1234 kB`. */
function privateBytesOf(processId: number): number {
  const rollup = readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8');
  const kilobytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map(
    ([, count]) => Number(count),
  );
  return 1024 * kilobytes.reduce((sum, count) => sum + count, 0);
}
