/** What the pages in `pages/` offer to the programs that drive them. */

export const cipherImplementations = ['product', 'noble', 'webcrypto', 'webcrypto-20'] as const;
/**
 * `product`: WebAssembly for SFrame's AES-CTR suites, @noble for all others. `noble`: those on @noble,
 * with what a key keeps the same computed once. `webcrypto`: the same frames through WebCrypto, each awaited before
 * the next. `webcrypto-20`: 20 under way at once, as with 20 people.
 */
export type CipherImplementation = (typeof cipherImplementations)[number];

export interface CipherRequest {
  readonly payloadBytes: number;
  /** Frames per run: their mean is that run's value. */
  readonly framesPerRun: number;
  readonly runs: number;
}

export interface CipherTimes {
  readonly protocol: 'sframe' | 'srtp';
  readonly suite: string;
  readonly implementation: CipherImplementation;
  /** Microseconds per frame, one value per run. */
  readonly protectUs: readonly number[];
  readonly unprotectUs: readonly number[];
  /** Of the very first run, which compiles; the first suite's says how an implementation starts. */
  readonly firstUs: { readonly protect: number; readonly unprotect: number };
}

/**
 * `pass-through`: the browser's own pipe, the floor. `earshot`: the product's worker. `livekit`: the
 * worker of LiveKit's client, as published.
 */
export const transforms = ['pass-through', 'earshot', 'livekit'] as const;
export type TransformKind = (typeof transforms)[number];

export interface StreamsRequest {
  readonly transform: TransformKind;
  readonly streams: number;
  /** Whether every frame is noted on its way: for delays and bytes, not while CPU time is measured. */
  readonly isTapped: boolean;
}

/** What RTP statistics say so far, all streams together. */
export interface StreamTotals {
  readonly sent: number;
  readonly sentPayloadBytes: number;
  readonly received: number;
}

/** A frame of the encoder that came out of the receiver's transform with the same bytes. */
export interface TappedFrame {
  /** From entering the sender's transform to leaving the receiver's, the network between included. */
  readonly delayMs: number;
  readonly plainBytes: number;
  readonly sealedBytes: number;
}

export interface TappedFrames {
  /** Frames that left a receiver's transform. */
  readonly received: number;
  /** Those among them that entered a sender's transform in the same time. */
  readonly frames: readonly TappedFrame[];
}

export interface BenchPage {
  /** cipher.html */
  measureCiphers?: (request: CipherRequest) => Promise<readonly CipherTimes[]>;
  /** renderer.html; resolves when frames of all streams pass. */
  startStreams?: (request: StreamsRequest) => Promise<void>;
  streamTotals?: () => Promise<StreamTotals>;
  /** Notes frames for so long. */
  tapFrames?: (windowMs: number) => Promise<TappedFrames>;
}

declare global {
  // The pages' functions for the driver; `var` is what makes a property of globalThis.
  var benchPage: BenchPage | undefined;
}
