/** All parts, one after the other. What fails in one leaves the others as they are. */
import os from 'node:os';
import process from 'node:process';
import { topologies } from '@earshot/keying/mode';
import { measureBytes } from './bytes.ts';
import { measureCalls } from './call-rounds.ts';
import { CallBench } from './calls.ts';
import { measureCiphers } from './cipher.ts';
import { callBars, figureRows, type Comparison } from './comparison.ts';
import { costProbe } from './cost.ts';
import { delayProbe } from './delay.ts';
import { FigureBook } from './figures.ts';
import { measureFrames } from './frames.ts';
import { measureGroups } from './groups.ts';
import { joinProbe } from './join.ts';
import type { BenchOptions, Part } from './options.ts';
import { PageBench } from './page-bench.ts';
import { measureQuality, qualityFigures } from './quality.ts';
import { measureRenderer } from './renderer.ts';
import { reasonOf } from './reason.ts';
import type { PartReport } from './report.ts';
import { rotated } from './statistics.ts';

/** Beside other parts no round of calls begins later after the start. What comes after the rounds takes its own time. */
const lastRoundMs = { quick: 100_000, full: 9 * 60_000 };
/** Of what takes minutes a run, beside other parts. Alone it is run as often as asked. */
const mostRuns = { quality: 2, renderer: 2, groups: 1 } as const;

/** @param stopped  nothing further is begun then; what there is by then is the comparison */
export async function runCompare(options: BenchOptions, stopped: AbortSignal): Promise<Comparison> {
  const startedAt = new Date();
  const loadBefore = os.loadavg();
  const book = new FigureBook();
  const parts: PartReport[] = [];
  const attempt: Attempt = async (part, measure) => {
    try {
      stopped.throwIfAborted();
      await measure();
    } catch (error) {
      const reason = reasonOf(error);
      console.error(`${part}: ${reason}`);
      book.miss({ part, reason });
    }
  };
  await attempt('calls', () => withCalls(options, { book, attempt, stopped }));
  if (options.only.includes('frames')) {
    await attempt('frames', () => measureFrames({ book, ...options }));
  }
  await withPages(options, { parts, attempt });
  if (options.only.includes('groups')) {
    const runs = runsOf('groups', options);
    await attempt('groups', async () => parts.push(await measureGroups({ ...options, runs })));
  }
  const figures = figureRows(book, options.modes);
  return {
    format: 1,
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    extent: options.isQuick ? 'quick' : 'full',
    runs: options.runs,
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      loadBefore,
      loadAfter: os.loadavg(),
    },
    modes: options.modes,
    figures,
    bars: [...callBars(figures), ...parts.flatMap(({ bars }) => bars)],
    parts,
    missing: book.missing,
  };
}

/** A part that fails is named; the others go on. */
type Attempt = (part: Part | 'calls' | 'pages', measure: () => unknown) => Promise<void>;

interface CallParts {
  readonly book: FigureBook;
  readonly attempt: Attempt;
  readonly stopped: AbortSignal;
}

async function withCalls(
  options: BenchOptions,
  { book, attempt, stopped }: CallParts,
): Promise<void> {
  const { only, modes, runs, isQuick } = options;
  const extent = isQuick ? 'quick' : 'full';
  const kinds = topologies.flatMap((topology) => modes.map((mode) => ({ mode, topology })));
  // The cost first: nothing else has looked at the call by then.
  const probes = [joinProbe, costProbe(extent), delayProbe].filter(({ part }) =>
    only.includes(part),
  );
  const isNeeded = probes.length > 0 || only.includes('quality') || only.includes('bytes');
  if (!isNeeded) return;
  const deadlineMs = only.length > 1 ? Date.now() + lastRoundMs[extent] : Infinity;
  const bench = await CallBench.start();
  try {
    await measureCalls({ bench, book, probes, modes, runs, deadlineMs, stopped });
    if (only.includes('quality')) {
      book.declare(qualityFigures);
      for (let run = 0; run < runsOf('quality', options); run++) {
        for (const kind of rotated(kinds, run)) {
          console.error(`quality, run ${run + 1}: ${kind.topology} ${kind.mode}`);
          await attempt('quality', () => measureQuality({ bench, book, kind, extent, run }));
        }
      }
    }
    if (only.includes('bytes')) {
      await attempt('bytes', () => measureBytes({ bench, book, kinds, extent }));
    }
  } finally {
    await bench.close();
  }
}

function runsOf(part: Part, { runs, only }: BenchOptions): number {
  const most: Partial<Readonly<Record<Part, number>>> = mostRuns;
  return only.length > 1 ? Math.min(runs, most[part] ?? runs) : runs;
}

interface PageParts {
  readonly parts: PartReport[];
  readonly attempt: Attempt;
}

async function withPages(options: BenchOptions, { parts, attempt }: PageParts): Promise<void> {
  const wanted = (['cipher', 'renderer'] as const).filter((part) => options.only.includes(part));
  if (wanted.length === 0) return;
  const measures = { cipher: measureCiphers, renderer: measureRenderer };
  await attempt('pages', async () => {
    const pages = await PageBench.start();
    try {
      for (const part of wanted) {
        const runs = runsOf(part, options);
        await attempt(part, async () =>
          parts.push(await measures[part](pages, { ...options, runs })),
        );
      }
    } finally {
      await pages.close();
    }
  });
}
