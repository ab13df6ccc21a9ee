/** CPU time of the processes that render pages. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

export interface CpuTimes {
  /** All threads of all renderers: with one page open, its own; Chromium's spare one does nothing. */
  readonly processMs: number;
  /** Of that, the threads that a frame passes or is worked on in: see `framePathThreads`. */
  readonly framePathMs: number;
  /** Of that, dedicated workers. */
  readonly workerMs: number;
}

/**
 * By the names that Linux shows: workers, the pool (where WebCrypto computes and garbage is collected),
 * WebRTC's network thread and the one for messages between processes. Not the audio devices, the Opus
 * encoders (`ThreadPoolAudio`) and the page's main thread, which no transform changes and which vary more
 * than a transform costs.
 */
const framePathThreads = [
  'DedicatedWorker',
  'ThreadPoolForeg',
  'WebRTC_W_and_N',
  'Chrome_ChildIOT',
];

/** @returns a function that reads the times so far. Linux only. */
export async function openProcessClock(browser: Browser): Promise<() => Promise<CpuTimes>> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const threads = renderers.flatMap(({ id }) => threadTimes(id));
    const total = (names: readonly string[]): number =>
      threads
        .filter(({ name }) => names.some((prefix) => name.startsWith(prefix)))
        .reduce((sum, { ms }) => sum + ms, 0);
    return {
      processMs: renderers.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0),
      framePathMs: total(framePathThreads),
      workerMs: total(['DedicatedWorker']),
    };
  };
}

interface ThreadTime {
  readonly name: string;
  readonly ms: number;
}

function threadTimes(processId: number): ThreadTime[] {
  return readdirSync(`/proc/${processId}/task`).flatMap((task): ThreadTime[] => {
    try {
      const name = readFileSync(`/proc/${processId}/task/${task}/comm`, 'utf8').trim();
      // First field of `schedstat`: nanoseconds on a CPU.
      const stat = readFileSync(`/proc/${processId}/task/${task}/schedstat`, 'utf8');
      return [{ name, ms: Number(stat.split(' ')[0]) / 1e6 }];
    } catch {
      // It ended between the listing and the reading.
      return [];
    }
  });
}
