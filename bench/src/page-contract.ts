/** What the pages in `pages/` offer to the programs that drive them. */

export const cipherImplementations = ['noble', 'webcrypto', 'webcrypto-20'] as const;
/**
 * `noble`: what the product runs. `webcrypto`: the same frames through WebCrypto, each awaited before
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
}

export const transforms = ['pass-through', 'noble', 'webcrypto'] as const;
export type TransformKind = (typeof transforms)[number];

/** Frames so far, under whichever transform. */
export interface FrameTotals {
  readonly sent: number;
  readonly received: number;
  /** Not sealed or not opened. */
  readonly dropped: number;
}

export interface BenchPage {
  /** cipher.html */
  measureCiphers?: (request: CipherRequest) => Promise<readonly CipherTimes[]>;
  /** renderer.html: starts as many streams, in pass-through. Resolves when frames of all of them pass. */
  startStreams?: (streams: number) => Promise<void>;
  switchTransform?: (kind: TransformKind) => Promise<void>;
  frameTotals?: () => Promise<FrameTotals>;
}

declare global {
  // The pages' functions for the driver; `var` is what makes a property of globalThis.
  var benchPage: BenchPage | undefined;
}
