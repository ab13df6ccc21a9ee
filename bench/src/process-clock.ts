/** CPU time of the processes that render pages. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

export interface CpuTimes {
  /** All threads of all renderers: with one page open, its own; Chromium's spare one does nothing. */
  readonly processMs: number;
  /** Dedicated workers' threads alone; undefined where the system does not tell. */
  readonly workerMs: number | undefined;
}

/** @returns a function that reads the times so far. */
export async function openProcessClock(browser: Browser): Promise<() => Promise<CpuTimes>> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    return {
      processMs: renderers.reduce((total, { cpuTime }) => total + 1000 * cpuTime, 0),
      workerMs: workerThreadsMs(renderers.map(({ id }) => id)),
    };
  };
}

/** Linux: first field of a thread's `schedstat`, nanoseconds on a CPU. */
function workerThreadsMs(processIds: readonly number[]): number | undefined {
  try {
    let totalMs = 0;
    for (const id of processIds) {
      for (const task of readdirSync(`/proc/${id}/task`)) {
        const name = readFileSync(`/proc/${id}/task/${task}/comm`, 'utf8');
        if (!name.startsWith('DedicatedWorker')) continue;
        const stat = readFileSync(`/proc/${id}/task/${task}/schedstat`, 'utf8');
        totalMs += Number(stat.split(' ')[0]) / 1e6;
      }
    }
    return totalMs;
  } catch {
    return undefined;
  }
}
