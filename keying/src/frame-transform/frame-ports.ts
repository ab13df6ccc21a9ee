import type { Outcome, Rejection } from '../errors.ts';

/** What travels with an encoded frame besides its payload. */
export interface FrameInfo {
  /** RTP timestamp of the frame, 32 bits (the inner SRTP packet of `sdes` carries it). */
  readonly rtpTimestamp: number;
}

/** Protects one sender's frames. Synchronous, so that frames leave in order and a counter is taken once. */
export interface FrameSealer {
  /** `payload`: one encoded frame of any length, left unchanged. */
  seal(payload: Uint8Array, info: FrameInfo): Outcome;
}

/** Opens one remote sender's frames. Nothing is stored before the frame has proved authentic. */
export interface FrameOpener {
  open(frame: Uint8Array): Outcome;
}

/** Counted per direction and sender. */
export interface FrameCounts {
  /** Frames sealed or opened. */
  readonly passed: number;
  readonly dropped: Readonly<Partial<Record<Rejection, number>>>;
}
