/** Opus frames (RFC 6716) to audio, placed by RTP timestamp. */
import { openOpusFrames } from './opus-frames.ts';
import type { Pcm } from './pcm.ts';
import { TimeSlice } from './time-slice.ts';

/** RFC 7587 section 4.1: the RTP clock of Opus, whatever the audio's bandwidth. */
const clockRateHz = 48_000;
/** Longer than any call that the lab records. A foreign timestamp must not ask for gigabytes. */
const longestS = 600;

export interface OpusFrame {
  /** 32 bits, of the RTP clock. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

export interface DecodedOpus {
  /** 48 kHz. Lost frames and DTX gaps are silent: evidence must not hold sound that nobody sent. */
  readonly pcm: Pcm;
  readonly framesDecoded: number;
  /** Frames that the decoder refused: not Opus. */
  readonly framesRefused: number;
}

/** Decodes one stream. Frames may come in any order and repeat; timestamps may wrap. */
export async function decodeOpus(frames: readonly OpusFrame[]): Promise<DecodedOpus> {
  const placed = placeFrames(frames);
  const endAt = placed.length === 0 ? 0 : (placed.at(-1)?.at ?? 0) + clockRateHz / 50;
  const samples = new Float32Array(endAt);
  const opus = await openOpusFrames();
  const slice = new TimeSlice();
  let framesDecoded = 0;
  let framesRefused = 0;
  try {
    for (const { at, payload } of placed) {
      await slice.pause();
      // Empty payloads are DTX.
      if (payload.length === 0) continue;
      const decoded = opus.decode(payload);
      if (decoded === undefined) {
        framesRefused++;
        continue;
      }
      framesDecoded++;
      // What is not Opus decodes to sound far beyond full scale, which a loudspeaker clips.
      samples.set(decoded.subarray(0, samples.length - at).map(clipped), at);
    }
  } finally {
    opus.close();
  }
  return { pcm: { sampleRateHz: clockRateHz, samples }, framesDecoded, framesRefused };
}

interface PlacedFrame {
  /** Samples from the first frame. */
  readonly at: number;
  readonly payload: Uint8Array;
}

function placeFrames(frames: readonly OpusFrame[]): PlacedFrame[] {
  const first = frames[0];
  if (first === undefined) return [];
  const byPlace = new Map<number, PlacedFrame>();
  let previous = first.timestamp;
  let at = 0;
  for (const { timestamp, payload } of frames) {
    // The signed 32-bit difference: forwards or backwards, across the wrap.
    at += (timestamp - previous) | 0;
    previous = timestamp;
    if (at >= 0 && at < longestS * clockRateHz) byPlace.set(at, { at, payload });
  }
  return [...byPlace.values()].sort((a, b) => a.at - b.at);
}

function clipped(sample: number): number {
  return Math.max(-1, Math.min(1, sample));
}
