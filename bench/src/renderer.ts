/** What a transform costs a renderer over the browser's own pipe: CPU time, delay, bytes; by number of streams. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { BenchOptions } from './options.ts';
import type { PageBench } from './page-bench.ts';
import { transforms, type StreamsRequest, type StreamTotals } from './page-contract.ts';
import { openProcessClock, type CpuTimes } from './process-clock.ts';
import { reportRenderer, type TransformSample } from './renderer-report.ts';
import type { PartReport } from './report.ts';
import { rotated } from './statistics.ts';

const streamCounts = [2, 20, 50];
const framesPerSecond = 50;
/** Of the frames that so many streams should send: sent, received, and found again as they were. */
const leastShare = 0.9;
/** On a machine that others use, some windows are disturbed. */
const attempts = 6;
const quickWindows = { cpuMs: 3000, tapMs: 1500 };
const fullWindows = { cpuMs: 6000, tapMs: 3000 };
/** After the first frames: code that is compiled meanwhile. */
const settleMs = 4000;

type CpuSample = Pick<
  TransformSample,
  'share' | 'frames' | 'processMs' | 'framePathMs' | 'workerMs' | 'payloadBytes'
>;
type FrameSample = Pick<TransformSample, 'delayMs' | 'slowDelayMs' | 'mostAddedBytes'>;

export async function measureRenderer(
  bench: PageBench,
  { runs, isQuick }: BenchOptions,
): Promise<PartReport> {
  const clock = await openProcessClock(bench.browser);
  const windows = isQuick ? quickWindows : fullWindows;
  const samples: TransformSample[] = [];
  for (const streams of streamCounts) {
    for (let run = 0; run < runs; run++) {
      for (const transform of rotated(transforms, run)) {
        const cpu = await attempted(() =>
          onPage(bench, { transform, streams, isTapped: false }, (page) =>
            measureCpu(page, { clock, streams, windowMs: windows.cpuMs }),
          ),
        );
        const tapped = await attempted(() =>
          onPage(bench, { transform, streams, isTapped: true }, (page) =>
            measureFrames(page, { streams, windowMs: windows.tapMs }),
          ),
        );
        samples.push({ transform, streams, ...cpu, ...tapped });
      }
      console.error(`renderer: ${streams} streams, run ${run + 1} of ${runs}`);
    }
  }
  return reportRenderer(samples, streamCounts);
}

/** @throws TooFewFramesError if the machine could not carry the streams in any attempt. */
async function attempted<T>(measure: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof TooFewFramesError) || attempt === attempts) throw error;
      console.error(`renderer: again, because ${error.message}`);
    }
  }
}

class TooFewFramesError extends Error {}

/** A renderer of its own for every measurement: no other transform's code or garbage is in it. */
async function onPage<T>(
  bench: PageBench,
  request: StreamsRequest,
  measure: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await bench.open('renderer');
  const failures: Error[] = [];
  page.on('pageerror', (error) => failures.push(error));
  try {
    await page.evaluate((asked) => globalThis.benchPage?.startStreams?.(asked), request);
    await sleep(settleMs);
    const measured = await measure(page);
    if (failures[0] !== undefined) throw failures[0];
    return measured;
  } finally {
    await page.close();
  }
}

interface CpuWindow {
  readonly clock: () => Promise<CpuTimes>;
  readonly streams: number;
  readonly windowMs: number;
}

async function measureCpu(page: Page, { clock, streams, windowMs }: CpuWindow): Promise<CpuSample> {
  const totalsBefore = await totalsOf(page);
  const [before, startedAtMs] = [await clock(), performance.now()];
  await sleep(windowMs);
  const [after, elapsedMs] = [await clock(), performance.now() - startedAtMs];
  const totalsAfter = await totalsOf(page);
  const sent = totalsAfter.sent - totalsBefore.sent;
  const received = totalsAfter.received - totalsBefore.received;
  const share = requireShare(Math.min(sent, received), { streams, elapsedMs });
  return {
    share,
    // Each is sealed once and opened once; some are still under way.
    frames: (sent + received) / 2,
    processMs: after.processMs - before.processMs,
    framePathMs: after.framePathMs - before.framePathMs,
    workerMs: after.workerMs - before.workerMs,
    payloadBytes: (totalsAfter.sentPayloadBytes - totalsBefore.sentPayloadBytes) / sent,
  };
}

interface TapWindow {
  readonly streams: number;
  readonly windowMs: number;
}

async function measureFrames(page: Page, { streams, windowMs }: TapWindow): Promise<FrameSample> {
  const tapped = await page.evaluate((ms) => globalThis.benchPage?.tapFrames?.(ms), windowMs);
  if (tapped === undefined) throw new Error('the renderer page taps nothing');
  const { received, frames } = tapped;
  requireShare(received, { streams, elapsedMs: windowMs });
  // Those under way at the start of the window entered unnoticed.
  if (frames.length < leastShare * received) {
    throw new TooFewFramesError(`${frames.length} of ${received} frames came out as they went in`);
  }
  const delays = frames.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
  const at = (part: number): number => delays[Math.floor(part * delays.length)] ?? Number.NaN;
  return {
    delayMs: at(0.5),
    slowDelayMs: at(0.95),
    mostAddedBytes: Math.max(...frames.map((frame) => frame.sealedBytes - frame.plainBytes)),
  };
}

/** @returns what part of the frames that were due there were. */
function requireShare(
  frames: number,
  { streams, elapsedMs }: { readonly streams: number; readonly elapsedMs: number },
): number {
  const share = frames / ((streams * framesPerSecond * elapsedMs) / 1000);
  if (share < leastShare) {
    throw new TooFewFramesError(`of ${streams} streams ${(100 * share).toFixed(0)} % came`);
  }
  return share;
}

async function totalsOf(page: Page): Promise<StreamTotals> {
  const totals = await page.evaluate(() => globalThis.benchPage?.streamTotals?.());
  if (totals === undefined) throw new Error('the renderer page counts nothing');
  return totals;
}
