/** The table and bars of the renderer part. */
import { transforms, type TransformKind } from './page-contract.ts';
import { withRange, type Bar, type PartReport } from './report.ts';
import { difference, pairwise, ratio, summarize } from './statistics.ts';

/** One transform in one run. */
export interface TransformSample {
  readonly transform: TransformKind;
  readonly streams: number;
  /** Of the frames due in the window: 1 is all. */
  readonly share: number;
  /** Sent and received, in the window of the CPU times. */
  readonly frames: number;
  readonly processMs: number;
  readonly framePathMs: number;
  readonly workerMs: number;
  /** Mean of a packet's payload. */
  readonly payloadBytes: number;
  /** From entering the sender's transform to leaving the receiver's: half of the frames take as long at most. */
  readonly delayMs: number;
  /** 95 % do. */
  readonly slowDelayMs: number;
  /** To any one frame. */
  readonly mostAddedBytes: number;
}

/** Streams at which extra CPU time is held against LiveKit's. */
const barStreams = [20, 50];
const cpuRatioBar = 0.5;
const addedBytesBar = 14;

/** @param samples in the order of the runs. */
export function reportRenderer(
  samples: readonly TransformSample[],
  streamCounts: readonly number[],
): PartReport {
  const runsOf = (transform: TransformKind, streams: number): TransformSample[] =>
    samples.filter((one) => one.transform === transform && one.streams === streams);
  /** Run by run, over pass-through. */
  const extra = (
    of: Pick<TransformSample, 'transform' | 'streams'>,
    value: (sample: TransformSample) => number,
  ): number[] =>
    pairwise(
      runsOf(of.transform, of.streams).map(value),
      runsOf('pass-through', of.streams).map(value),
      difference,
    );
  const cpuRatios = (transform: TransformKind, streams: number): number[] =>
    pairwise(
      extra({ transform, streams }, framePathPerThousand),
      extra({ transform: 'livekit', streams }, framePathPerThousand),
      ratio,
    );
  const rows = streamCounts.flatMap((streams) =>
    transforms.map((transform) => {
      const runs = runsOf(transform, streams);
      const isFloor = transform === 'pass-through';
      const added = (value: (sample: TransformSample) => number, digits: number): string =>
        isFloor ? '' : withRange(summarize(extra({ transform, streams }, value)), digits);
      return [
        `${streams} streams, ${transform}`,
        `${(100 * Math.min(...runs.map(({ share }) => share))).toFixed(0)} %`,
        withRange(summarize(runs.map(processPerThousand)), 0),
        added(processPerThousand, 0),
        added(framePathPerThousand, 0),
        added(workerPerThousand, 0),
        isFloor ? '' : withRange(summarize(cpuRatios(transform, streams)), 2),
        added(({ delayMs }) => delayMs, 2),
        added(({ slowDelayMs }) => slowDelayMs, 1),
        summarize(runs.map(({ payloadBytes }) => payloadBytes)).median.toFixed(1),
        String(Math.max(...runs.map(({ mostAddedBytes }) => mostAddedBytes))),
      ];
    }),
  );
  const bars = barStreams.map((streams): Bar => {
    const { median, interval } = summarize(cpuRatios('earshot', streams));
    return {
      text: `extra CPU time of the frame path at ${streams} streams, ratio to LiveKit's worker`,
      ...{ value: median, interval, atMost: cpuRatioBar },
    };
  });
  const added = samples
    .filter(({ transform }) => transform === 'earshot')
    .map(({ mostAddedBytes }) => mostAddedBytes);
  return {
    title: 'A renderer with many streams, each sealed and opened',
    header: [
      'transform',
      'least share of frames',
      'process, ms per 1000 frames',
      'more than pass-through',
      'frame path, more',
      'worker threads, more',
      'frame path, ratio to LiveKit',
      'added delay, ms',
      'of the slowest 5 %',
      'payload bytes',
      'most added to a frame',
    ],
    rows,
    bars: [
      ...bars,
      {
        text: 'bytes that a sealed frame is longer',
        value: Math.max(...added),
        atMost: addedBytesBar,
      },
    ],
    data: samples,
  };
}

function processPerThousand({ processMs, frames }: TransformSample): number {
  return (1000 * processMs) / frames;
}

function framePathPerThousand({ framePathMs, frames }: TransformSample): number {
  return (1000 * framePathMs) / frames;
}

function workerPerThousand({ workerMs, frames }: TransformSample): number {
  return (1000 * workerMs) / frames;
}
