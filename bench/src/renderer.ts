/** CPU time that sealing and opening costs a renderer over a transform that does nothing, at 20 streams. */
import type { Page } from '@playwright/test';
import type { BenchOptions } from './options.ts';
import type { PageBench } from './page-bench.ts';
import { transforms, type FrameTotals, type TransformKind } from './page-contract.ts';
import { openProcessClock, type CpuTimes } from './process-clock.ts';
import type { PartReport } from './report.ts';
import { withRange } from './report.ts';
import { difference, pairwise, rotated, summarize } from './statistics.ts';

const streams = 20;
const windowMs = { quick: 4000, full: 8000 };
/** After a switch: frames under way, and code that is compiled on its first use. */
const settleMs = 1000;

interface Sample extends CpuTimes {
  readonly frames: number;
  readonly elapsedMs: number;
}

type Samples = Readonly<Record<TransformKind, Sample[]>>;

export async function measureRenderer(
  bench: PageBench,
  { runs, isQuick }: BenchOptions,
): Promise<PartReport> {
  const page = await bench.open('renderer');
  const clock = await openProcessClock(bench.browser);
  await page.evaluate((count) => globalThis.benchPage?.startStreams?.(count), streams);
  const samples: Samples = { 'pass-through': [], noble: [], webcrypto: [] };
  for (let run = 0; run < runs; run++) {
    for (const kind of rotated(transforms, run)) {
      await page.evaluate((to) => globalThis.benchPage?.switchTransform?.(to), kind);
      await delay(settleMs);
      const before = await sample(page, clock);
      await delay(isQuick ? windowMs.quick : windowMs.full);
      const after = await sample(page, clock);
      samples[kind].push(between(kind, before, after));
    }
    console.error(`renderer: run ${run + 1} of ${runs}`);
  }
  await page.close();
  return toReport(samples);
}

interface Moment {
  readonly cpu: CpuTimes;
  readonly totals: FrameTotals;
  readonly atMs: number;
}

async function sample(page: Page, clock: () => Promise<CpuTimes>): Promise<Moment> {
  const totals = await page.evaluate(() => globalThis.benchPage?.frameTotals?.());
  if (totals === undefined) throw new Error('the renderer page counts nothing');
  return { totals, cpu: await clock(), atMs: performance.now() };
}

/** @throws Error if the frames did not pass: then nothing was measured. */
function between(kind: TransformKind, before: Moment, after: Moment): Sample {
  const sent = after.totals.sent - before.totals.sent;
  const received = after.totals.received - before.totals.received;
  const dropped = after.totals.dropped - before.totals.dropped;
  const elapsedMs = after.atMs - before.atMs;
  // A loaded machine skips frames, which does not change what each costs.
  const isReal = sent > elapsedMs / 10 && received > sent / 3 && dropped < sent / 10;
  if (!isReal) {
    throw new Error(`${kind}: ${sent} sent, ${received} received, ${dropped} dropped`);
  }
  const processMs = after.cpu.processMs - before.cpu.processMs;
  if (processMs < elapsedMs / 100) throw new Error(`${kind}: ${processMs} ms of CPU is no call`);
  return {
    // Each is sealed once and opened once; under load some are still under way.
    frames: (sent + received) / 2,
    elapsedMs,
    processMs,
    workerMs:
      after.cpu.workerMs === undefined || before.cpu.workerMs === undefined
        ? undefined
        : after.cpu.workerMs - before.cpu.workerMs,
  };
}

function toReport(samples: Samples): PartReport {
  return {
    title: `Renderer CPU at ${streams} streams, each sealed and opened`,
    header: [
      'transform',
      'process, ms per 1000 frames',
      'more than pass-through',
      'of that, worker thread',
      'more, % of a core',
    ],
    rows: transforms.map((kind) => {
      const extra = (per: (one: Sample) => number): string =>
        withRange(
          summarize(pairwise(samples[kind].map(per), samples['pass-through'].map(per), difference)),
          1,
        );
      const isBase = kind === 'pass-through';
      return [
        kind,
        withRange(summarize(samples[kind].map(processPerThousand)), 0),
        isBase ? '' : extra(processPerThousand),
        isBase ? '' : extra(workerPerThousand),
        isBase ? '' : extra(({ processMs, elapsedMs }) => (100 * processMs) / elapsedMs),
      ];
    }),
    bars: [],
    data: samples,
  };
}

function processPerThousand({ processMs, frames }: Sample): number {
  return (1000 * processMs) / frames;
}

function workerPerThousand({ workerMs, frames }: Sample): number {
  return (1000 * (workerMs ?? Number.NaN)) / frames;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
