/** Audio over a bad network: what share of it is made up by the receiver, and what people would say of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { modes } from '@earshot/keying/mode';
import { Impairment, type ImpairmentOptions } from '@earshot/intercept/stage/impairment';
import { openTappedPath, type TappedPath } from '@earshot/intercept/stage/tapped-path';
import { requireLoss } from './bad-network.ts';
import type { CallBench } from './calls.ts';
import { opinionScore, opusImpairment, transmissionRating } from './e-model.ts';
import type { CallKind, Figure, FigureBook, Readings } from './figures.ts';
import type { PlacedCall } from './probe.ts';
import { reasonOf } from './reason.ts';
import {
  audioCounts,
  countedBetween,
  meanBufferMs,
  type AudioCounts,
} from './watched-connections.ts';
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
  readonly kind: CallKind;
  readonly extent: 'quick' | 'full';
  readonly run: number;
}

/** One call, over one network that gets worse; what fails is missing in `book`, the rest stands. */
export async function measureQuality(options: QualityRun): Promise<void> {
  const { bench, book, kind, run } = options;
  const miss = (reason: string): void => {
    book.miss({ part: 'quality', call: { ...kind, run }, reason });
  };
  const path = await openTappedPath({ serverUrl: bench.stack.url });
  try {
    await bench.withCall({ ...kind, url: path.url }, async (call) => {
      for (const [place, condition] of conditions.entries()) {
        const seed = 1000 * run + place;
        try {
          book.add(kind, run, await measureCondition({ ...options, call, path, condition, seed }));
        } catch (error) {
          miss(`${condition.title}: ${reasonOf(error)}`);
        }
      }
    });
  } catch (error) {
    miss(reasonOf(error));
  } finally {
    await path.close();
  }
}

interface ConditionRun extends QualityRun {
  readonly call: PlacedCall;
  readonly path: TappedPath;
  readonly condition: Condition;
  readonly seed: number;
}

async function measureCondition(options: ConditionRun): Promise<Readings> {
  const { kind, call, path, condition, seed, extent } = options;
  const impairment = { lossShare: condition.lossShare, jitterMs: condition.jitterMs, seed };
  // In a room a packet passes twice; it is the way down that is bad, so that it meets the losses once.
  path.impair({ ...impairment, direction: kind.topology === 'room' ? 'from-target' : 'any' });
  await sleep(settleMs);
  const start = await look(call, path);
  await sleep(windowMs[extent]);
  const end = await look(call, path);
  const counted = start.counts.map((counts, person) =>
    countedBetween(counts, end.counts[person] ?? counts),
  );
  const heard = heardReadings({ kind, condition, impairment, counted });
  if (condition.lossShare > 0 || condition.jitterMs > 0) return heard;
  const datagrams = path.wire.slice(start.datagrams, end.datagrams);
  const seconds = (end.atMs - start.atMs) / 1000;
  const wire = wireReadings({ topology: kind.topology, datagrams, seconds });
  return new Map([...heard, ...wire]);
}

interface Look {
  readonly counts: readonly AudioCounts[];
  readonly datagrams: number;
  readonly atMs: number;
}

async function look({ host, newcomer }: PlacedCall, path: TappedPath): Promise<Look> {
  const counts = await Promise.all([audioCounts(host), audioCounts(newcomer)]);
  return { counts, datagrams: path.wire.length, atMs: performance.now() };
}

interface Heard {
  readonly kind: CallKind;
  readonly condition: Condition;
  readonly impairment: ImpairmentOptions;
  /** Of each person. */
  readonly counted: readonly AudioCounts[];
}

/** @throws Error where nothing was played, or the losses are not those of the network. */
function heardReadings({ kind, condition, impairment, counted }: Heard): Readings {
  const total = (of: (counts: AudioCounts) => number): number =>
    counted.reduce((sum, counts) => sum + of(counts), 0);
  const lost = total(({ packetsLost }) => packetsLost);
  const received = total(({ packetsReceived }) => packetsReceived);
  requireLoss({ lossShare: impairment.lossShare, lost, received });
  const played = total(({ samplesReceived }) => samplesReceived);
  if (played === 0) throw new Error('nothing was played');
  const readings = new Map<Figure, number>();
  const concealedShare = total(({ samplesConcealed }) => samplesConcealed) / played;
  const bufferMs = meanBufferMs({
    bufferSeconds: total(({ bufferSeconds }) => bufferSeconds),
    bufferSamples: total(({ bufferSamples }) => bufferSamples),
  });
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
  set(lostFigures, (100 * lost) / (lost + received));
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
