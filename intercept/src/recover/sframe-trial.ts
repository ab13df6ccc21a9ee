/** Tries keys on a tapped frame: does it open as SFrame (RFC 9605) under any of them? */
import {
  defaultFrameSuite,
  frameMetadata,
  OpeningContext,
  parseHeader,
  type FrameOrigin,
  type FrameSuite,
} from '@earshot/keying/sframe';
import { TimeSlice } from '../measure/time-slice.ts';

export interface SframeTrial {
  readonly frame: Uint8Array;
  /** The server knows call, sender and mode. */
  readonly origin: FrameOrigin;
  readonly candidates: Iterable<Uint8Array>;
  /** Default: the suite that Earshot's clients use. */
  readonly suite?: FrameSuite;
}

export interface SframeTrialResult {
  readonly tried: number;
  /** The base key that opened the frame; undefined if none did. */
  readonly key: Uint8Array | undefined;
}

/** Stops at the first key under which the frame is authentic. */
export async function trySframeKeys(trial: SframeTrial): Promise<SframeTrialResult> {
  const header = parseHeader(trial.frame);
  const metadata = frameMetadata(trial.origin);
  const suite = trial.suite ?? defaultFrameSuite;
  const slice = new TimeSlice();
  let tried = 0;
  for (const baseKey of trial.candidates) {
    await slice.pause();
    tried++;
    if (header === undefined) continue;
    const context = new OpeningContext({ suite, kid: header.kid, baseKey, metadata });
    const { ok } = context.open(trial.frame, header);
    context.wipe();
    if (ok) return { tried, key: baseKey };
  }
  return { tried, key: undefined };
}
