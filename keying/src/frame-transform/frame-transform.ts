/**
 * What stands between encoder and network, and between network and decoder. The same code runs in
 * the browser's worker, on encoded frames, and in a headless peer.
 *
 * A frame leaves only as what the sealer or opener made of it. Everything else is dropped and
 * counted: there is no way through unsealed, and no setting that makes one.
 */
import type { Outcome } from '../errors.ts';
import { FrameCounter } from './frame-counter.ts';
import type { FrameCounts, FrameInfo, FrameOpener, FrameSealer } from './frame-ports.ts';

/** As far as needed here, an `RTCEncodedAudioFrame` of the Encoded Transform specification. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** RTP timestamp, where the metadata does not have it. */
  readonly timestamp?: number;
  getMetadata(): { readonly rtpTimestamp?: number };
}

/** As far as needed here, a `TransformStreamDefaultController`. */
export interface FrameController<F extends EncodedFrame> {
  enqueue(frame: F): void;
}

export interface FrameTransform {
  /** Of one stream; never throws, because an exception would end the stream's pipeline for good. */
  transform<F extends EncodedFrame>(frame: F, controller: FrameController<F>): void;
  readonly counts: FrameCounts;
}

export interface SealTransformOptions {
  readonly sealer: FrameSealer;
  /** Called once, after the first sealed frame has gone on: only then may a microphone open. */
  readonly onFirstSealed?: () => void;
  /** Where to count; a new one by default. */
  readonly counter?: FrameCounter;
}

export interface OpenTransformOptions {
  readonly opener: FrameOpener;
  /** Called once, after the first opened frame has gone on to be decoded. */
  readonly onFirstOpened?: () => void;
  readonly counter?: FrameCounter;
}

/** Own frames, on their way out. Empty ones are sealed like all others. */
export function createSealTransform(options: SealTransformOptions): FrameTransform {
  const { sealer, onFirstSealed, counter = new FrameCounter() } = options;
  const info = new CurrentFrame();
  let isFirst = true;
  const seal = (frame: EncodedFrame): Outcome => {
    info.frame = frame;
    return sealer.seal(new Uint8Array(frame.data), info);
  };
  return {
    transform(frame, controller) {
      if (!pass(convert(frame, seal), { frame, controller, counter }) || !isFirst) return;
      isFirst = false;
      quietly(() => onFirstSealed?.());
    },
    get counts() {
      return counter.counts;
    },
  };
}

/**
 * Someone's frames, on their way in. Empty ones go nowhere and count as nothing: browsers make them of
 * padding-only packets (Chromium's bandwidth probes) and at a receiver's start (Firefox).
 */
export function createOpenTransform(options: OpenTransformOptions): FrameTransform {
  const { opener, onFirstOpened, counter = new FrameCounter() } = options;
  let isFirst = true;
  const open = (frame: EncodedFrame): Outcome => opener.open(new Uint8Array(frame.data));
  return {
    transform(frame, controller) {
      if (frame.data.byteLength === 0) return;
      if (!pass(convert(frame, open), { frame, controller, counter }) || !isFirst) return;
      isFirst = false;
      quietly(() => onFirstOpened?.());
    },
    get counts() {
      return counter.counts;
    },
  };
}

/** Replaces the frame's data by what the sealer or opener made of it. */
function convert<F extends EncodedFrame>(frame: F, by: (frame: F) => Outcome): Outcome {
  try {
    const outcome = by(frame);
    if (outcome.ok) frame.data = exactBuffer(outcome.bytes);
    return outcome;
  } catch {
    // Neither sealer nor opener throws; if one did, the frame would still not go on.
    return { ok: false, reason: 'no-key' };
  }
}

interface Passage<F extends EncodedFrame> {
  readonly frame: F;
  readonly controller: FrameController<F>;
  readonly counter: FrameCounter;
}

/** Whether the converted frame went on. */
function pass<F extends EncodedFrame>(
  outcome: Outcome,
  { frame, controller, counter }: Passage<F>,
): boolean {
  if (!outcome.ok) {
    counter.drop(outcome.reason);
    return false;
  }
  // Fails only where the stream has ended, and then nothing is left to send or play.
  if (!quietly(() => controller.enqueue(frame))) return false;
  counter.pass();
  return true;
}

/** Whether `run` returned. */
function quietly(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** What a sealer may ask of the frame under way. Asking a browser for metadata costs; most sealers never do. */
class CurrentFrame implements FrameInfo {
  frame: EncodedFrame | undefined;

  /** 32 bits; 0 where a browser tells neither. */
  get rtpTimestamp(): number {
    return (this.frame?.getMetadata().rtpTimestamp ?? this.frame?.timestamp ?? 0) >>> 0;
  }
}

/** The bytes alone, whatever larger buffer they lie in. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  const isExact = buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength;
  return isExact ? buffer : bytes.slice().buffer;
}
