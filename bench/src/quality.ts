/**
 * Audio over a bad network: what share of it is made up by the receiver, and what people would say of it. All
 * calls of a run go on at once and meet the same losses, so that what else the machine does weighs on all.
 */
import { modes } from '@earshot/keying/mode';
import { Impairment, type ImpairmentOptions } from '@earshot/intercept/stage/impairment';
import { openTappedPath, type TappedPath } from '@earshot/intercept/stage/tapped-path';
import type { CallBench } from './calls.ts';
import { opinionScore, opusImpairment, transmissionRating } from './e-model.ts';
import type { CallKind, Figure, FigureBook, Readings } from './figures.ts';
import type { PlacedCall } from './probe.ts';
import { reasonOf } from './reason.ts';
import { audioCounts, countedBetween, type AudioCounts } from './watched-connections.ts';
import { wireReadings } from './wire.ts';

export interface Condition {
  readonly id: string;
  readonly title: string;
  readonly lossShare: number;
  readonly jitterMs: number;
}

export const conditions: readonly Condition[] = [
  { id: 'loss-0', title: 'no loss', lossShare: 0, jitterMs: 0 },
  { id: 'loss-2', title: '2 % loss', lossShare: 0.02, jitterMs: 0 },
  { id: 'loss-5', title: '5 % loss', lossShare: 0.05, jitterMs: 0 },
  { id: 'loss-10', title: '10 % loss', lossShare: 0.1, jitterMs: 0 },
  { id: 'jitter-100', title: '100 ms jitter', lossShare: 0, jitterMs: 100 },
];

const quality = { group: 'quality', versus: 'difference' } as const;

const lostFigures = figuresOf('lost', { unit: '%', digits: 1, name: 'Packets lost' });
const concealedFigures = figuresOf('concealed', { unit: '%', digits: 1, name: 'Made up' });
export const scoreFigures = figuresOf('score', { unit: '', digits: 2, name: 'Opinion score' });
const ratingFigures = figuresOf('rating', { unit: '', digits: 0, name: 'Rating R, 0 to 148' });
export const qualityFigures: readonly Figure[] = [
  ...lostFigures.values(),
  ...concealedFigures.values(),
  ...ratingFigures.values(),
  ...scoreFigures.values(),
];

/** By the id of their condition. */
function figuresOf(
  kind: string,
  { unit, digits, name }: { readonly unit: string; readonly digits: number; readonly name: string },
): ReadonlyMap<string, Figure> {
  return new Map(
    conditions.map(({ id, title }) => [
      id,
      { ...quality, id: `quality-${kind}-${id}`, title: `${name}, ${title}`, unit, digits },
    ]),
  );
}

/** Buffers adapt to a change of the network. */
const settleMs = 2000;
const windowMs = { quick: 4000, full: 8000 };
/** A packet of 20 ms and the encoder's look-ahead (RFC 6716 section 2: 6.5 ms): what comes before the network. */
const encoderMs = 26.5;
const packetMs = 20;

export interface QualityRun {
  readonly bench: CallBench;
  readonly book: FigureBook;
  readonly kinds: readonly CallKind[];
  readonly extent: 'quick' | 'full';
  readonly run: number;
}

interface OpenCall {
  readonly call: PlacedCall;
  readonly path: TappedPath;
}

export async function measureQuality({
  bench,
  book,
  kinds,
  extent,
  run,
}: QualityRun): Promise<void> {
  const over = Promise.withResolvers<undefined>();
  const open: OpenCall[] = [];
  const ending: Promise<unknown>[] = [];
  try {
    for (const kind of kinds) {
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          const opened = await openCall(bench, { kind, over: over.promise });
          console.error(`quality, run ${run + 1}: ${kind.topology} ${kind.mode} is up`);
          open.push(opened);
          ending.push(opened.ended);
          break;
        } catch (error) {
          if (attempt > 0)
            book.miss({ part: 'quality', call: { ...kind, run }, reason: reasonOf(error) });
        }
      }
    }
    for (const [place, condition] of conditions.entries()) {
      const seed = 1000 * run + place;
      console.error(`quality, run ${run + 1}: ${condition.title}`);
      await measureCondition({ open, book, condition, seed, measureMs: windowMs[extent], run });
    }
  } finally {
    over.resolve(undefined);
    await Promise.allSettled(ending);
  }
}

/** Resolves when both people hear each other; the call goes on until `over`. */
async function openCall(
  bench: CallBench,
  { kind, over }: { readonly kind: CallKind; readonly over: Promise<unknown> },
): Promise<OpenCall & { readonly ended: Promise<void> }> {
  const path = await openTappedPath({ serverUrl: bench.stack.url });
  const up = Promise.withResolvers<PlacedCall>();
  const ended = bench
    .withCall({ ...kind, url: path.url }, async (call) => {
      up.resolve(call);
      await over;
    })
    .finally(() => path.close());
  ended.catch((error: unknown) => {
    up.reject(error instanceof Error ? error : new Error(String(error)));
  });
  return { call: await up.promise, path, ended };
}

interface ConditionRun {
  readonly open: readonly OpenCall[];
  readonly book: FigureBook;
  readonly condition: Condition;
  readonly seed: number;
  readonly measureMs: number;
  readonly run: number;
}

async function measureCondition(options: ConditionRun): Promise<void> {
  const { open, book, condition, seed, measureMs, run } = options;
  const { lossShare, jitterMs } = condition;
  for (const { call, path } of open) {
    // In a room a packet passes twice; it is the way down that is bad, so that it meets the losses once.
    const direction = call.topology === 'room' ? 'from-target' : 'any';
    path.impair({ lossShare, jitterMs, seed, direction });
  }
  await delay(settleMs);
  const before = await Promise.all(open.map(look));
  await delay(measureMs);
  const after = await Promise.all(open.map(look));
  for (const [i, { call, path }] of open.entries()) {
    const [start, end] = [before[i], after[i]];
    if (start === undefined || end === undefined) {
      book.miss({
        part: 'quality',
        call: { mode: call.mode, topology: call.topology, run },
        reason: `${condition.title}: the page is gone`,
      });
      continue;
    }
    const counted = start.counts.map((counts, person) =>
      countedBetween(counts, end.counts[person] ?? counts),
    );
    const impairment = { lossShare, jitterMs, seed };
    book.add(call, run, heardReadings({ kind: call, condition, impairment, counted }));
    if (lossShare > 0 || jitterMs > 0) continue;
    const datagrams = path.wire.slice(start.datagrams, end.datagrams);
    const seconds = (end.atMs - start.atMs) / 1000;
    try {
      book.add(call, run, wireReadings({ topology: call.topology, datagrams, seconds }));
    } catch (error) {
      const { mode, topology } = call;
      book.miss({ part: 'quality', call: { mode, topology, run }, reason: reasonOf(error) });
    }
  }
}

interface Look {
  readonly counts: readonly AudioCounts[];
  readonly datagrams: number;
  readonly atMs: number;
}

/** Undefined where a page does not answer: the other calls go on. */
async function look({ call, path }: OpenCall): Promise<Look | undefined> {
  try {
    const counts = await Promise.all([audioCounts(call.host), audioCounts(call.newcomer)]);
    return { counts, datagrams: path.wire.length, atMs: performance.now() };
  } catch {
    return undefined;
  }
}

interface Heard {
  readonly kind: CallKind;
  readonly condition: Condition;
  readonly impairment: ImpairmentOptions;
  /** Of each person. */
  readonly counted: readonly AudioCounts[];
}

/** Empty where nothing was played at all. */
function heardReadings({ kind, condition, impairment, counted }: Heard): Readings {
  const total = (of: (counts: AudioCounts) => number): number =>
    counted.reduce((sum, counts) => sum + of(counts), 0);
  const played = total(({ samplesReceived }) => samplesReceived);
  const emitted = total(({ bufferSamples }) => bufferSamples);
  const readings = new Map<Figure, number>();
  if (played === 0) return readings;
  const concealedShare = total(({ samplesConcealed }) => samplesConcealed) / played;
  const bufferMs =
    emitted === 0 ? 0 : (1000 * total(({ bufferSeconds }) => bufferSeconds)) / emitted;
  const rating = transmissionRating({
    codec: modes[kind.mode].exposesSpeechPattern
      ? opusImpairment.variableBitrate
      : opusImpairment.constantBitrate,
    concealedShare,
    mouthToEarMs: encoderMs + meanQueueMs(impairment) + bufferMs,
  });
  const set = (figures: ReadonlyMap<string, Figure>, value: number): void => {
    const figure = figures.get(condition.id);
    if (figure !== undefined) readings.set(figure, value);
  };
  const lost = total(({ packetsLost }) => packetsLost);
  const received = total(({ packetsReceived }) => packetsReceived);
  if (lost + received > 0) set(lostFigures, (100 * lost) / (lost + received));
  set(concealedFigures, 100 * concealedShare);
  set(ratingFigures, rating);
  set(scoreFigures, opinionScore(rating));
  return readings;
}

/** What packets waited on the path, from the same draws. */
function meanQueueMs(options: ImpairmentOptions): number {
  const impairment = new Impairment(options);
  let waited = 0;
  let delivered = 0;
  for (let i = 0; i < 400; i++) {
    const fate = impairment.next(packetMs * i);
    if (fate.kind === 'lost') continue;
    waited += fate.atMs - packetMs * i;
    delivered++;
  }
  return waited / Math.max(1, delivered);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
