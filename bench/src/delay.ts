/** Mouth to ear: from a chirp's capture at one side to its being given out at the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { findChirps } from './chirp.ts';
import type { Figure, Readings } from './figures.ts';
import type { CallProbe, PlacedCall } from './probe.ts';
import { summarize } from './statistics.ts';
import { recordTimed, type TimedRecording } from './timed-recording.ts';
import { audioCounts, countedBetween, meanBufferMs } from './watched-connections.ts';

const ms = { group: 'delay', unit: 'ms', digits: 1, versus: 'difference' } as const;

export const delayFigures = {
  mouthToEar: { ...ms, id: 'delay-mouth-to-ear', title: 'Mouth to ear' },
  buffer: { ...ms, id: 'delay-jitter-buffer', title: 'Of it, waiting in the jitter buffer' },
  held: { ...ms, id: 'delay-held', title: 'Mouth to ear, jitter buffer held at 100 ms' },
} as const satisfies Record<string, Figure>;

/** Seven chirps or so. */
const recordS = 6;
/**
 * More than the buffer chooses by itself on a good network. Left alone it chooses anew in every call, by 20 ms
 * and more; held, what is left to differ is what the mode adds.
 */
const heldMs = 100;
/** What the buffer takes from its 80 ms of a call's beginning, or from one length to another. */
const settleMs = 3000;
/** Of each direction: a median of fewer says little. */
const leastChirps = 3;
/** The gap between two chirps is longer, so that no chirp is taken for the one before. */
const longestDelayMs = 700;

export const delayProbe: CallProbe = {
  part: 'delay',
  figures: Object.values(delayFigures),
  start: () => Promise.resolve(measureDelay),
};

async function measureDelay(call: PlacedCall): Promise<Readings> {
  await sleep(settleMs);
  const free = await measureBoth(call);
  await Promise.all([call.host, call.newcomer].map(holdBuffer));
  await sleep(settleMs);
  const held = await measureBoth(call);
  return new Map<Figure, number>([
    [delayFigures.mouthToEar, free.delayMs],
    [delayFigures.buffer, free.bufferMs],
    [delayFigures.held, held.delayMs],
  ]);
}

interface Delay {
  readonly delayMs: number;
  readonly bufferMs: number;
}

/** The mean of both directions, in which what the two pages' clocks differ by cancels. */
async function measureBoth({ host, newcomer }: PlacedCall): Promise<Delay> {
  const [toNewcomer, toHost] = await Promise.all([
    measureDirection({ from: host, to: newcomer }),
    measureDirection({ from: newcomer, to: host }),
  ]);
  return meanOf(toNewcomer, toHost);
}

export function meanOf(one: Delay, other: Delay): Delay {
  return {
    delayMs: (one.delayMs + other.delayMs) / 2,
    bufferMs: (one.bufferMs + other.bufferMs) / 2,
  };
}

/** W3C webrtc-extensions, `jitterBufferTarget`. */
async function holdBuffer(page: Page): Promise<void> {
  await page.evaluate((targetMs) => {
    for (const { connection } of globalThis.watchedConnections ?? []) {
      for (const receiver of connection.getReceivers()) receiver.jitterBufferTarget = targetMs;
    }
  }, heldMs);
}

interface Direction {
  readonly from: Page;
  readonly to: Page;
}

async function measureDirection({ from, to }: Direction): Promise<Delay> {
  const before = await audioCounts(to);
  const [said, heard] = await Promise.all([
    recordTimed(from, { end: 'microphone', seconds: recordS }),
    recordTimed(to, { end: 'loudspeaker', seconds: recordS }),
  ]);
  const counted = countedBetween(before, await audioCounts(to));
  const delays = delaysBetween(chirpTimes(said), chirpTimes(heard));
  if (delays.length < leastChirps) throw new Error(`only ${delays.length} chirps were heard`);
  return {
    delayMs: summarize(delays).median,
    bufferMs: meanBufferMs(counted),
  };
}

function chirpTimes({ pcm, atMs }: TimedRecording): number[] {
  return findChirps(pcm).map(({ atS }) => atMs(atS));
}

/** Each chirp that was said with the next one that was heard; those at the ends have none. */
export function delaysBetween(saidMs: readonly number[], heardMs: readonly number[]): number[] {
  return saidMs.flatMap((said) => {
    const heard = heardMs.find((at) => at > said);
    return heard === undefined || heard - said > longestDelayMs ? [] : [heard - said];
  });
}
