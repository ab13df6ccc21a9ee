/** CPU time of the process that renders a page. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';

export interface CpuTimes {
  /** All threads of the renderer. */
  readonly processMs: number;
  /** Its dedicated workers' threads; undefined where the system does not tell. */
  readonly workerMs: number | undefined;
}

/** @returns a function that reads the times so far, of the renderer of `page`. */
export async function openProcessClock(
  browser: Browser,
  page: Page,
): Promise<() => Promise<CpuTimes>> {
  const session = await browser.newBrowserCDPSession();
  const cpuTimes = async (): Promise<Map<number, number>> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(
      processInfo
        .filter(({ type }) => type === 'renderer')
        .map(({ id, cpuTime }) => [id, 1000 * cpuTime]),
    );
  };
  const id = await findRenderer(page, cpuTimes);
  return async () => {
    const processMs = (await cpuTimes()).get(id);
    if (processMs === undefined) throw new Error('the renderer is gone');
    return { processMs, workerMs: workerThreadsMs(id) };
  };
}

/** The one that burns time while this page does: Chromium keeps spare renderers. */
async function findRenderer(
  page: Page,
  cpuTimes: () => Promise<Map<number, number>>,
): Promise<number> {
  const before = await cpuTimes();
  await page.evaluate(() => {
    const end = performance.now() + 500;
    while (performance.now() < end);
  });
  const used = [...(await cpuTimes())].map(([id, ms]) => ({ id, ms: ms - (before.get(id) ?? 0) }));
  const busiest = used.toSorted((a, b) => b.ms - a.ms)[0];
  if (busiest === undefined) throw new Error('no renderer process');
  return busiest.id;
}

/** Linux: first field of a thread's `schedstat`, nanoseconds on a CPU. */
function workerThreadsMs(processId: number): number | undefined {
  const tasks = `/proc/${processId}/task`;
  try {
    let totalMs = 0;
    for (const task of readdirSync(tasks)) {
      const name = readFileSync(`${tasks}/${task}/comm`, 'utf8').trim();
      if (!name.startsWith('DedicatedWorker')) continue;
      const [onCpuNs] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
      totalMs += Number(onCpuNs) / 1e6;
    }
    return totalMs;
  } catch {
    return undefined;
  }
}
