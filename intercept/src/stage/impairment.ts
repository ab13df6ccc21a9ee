/**
 * What a bad network does to the media of a call: packets lost at random, and packets that wait in a queue.
 * Drawn from a seed, so that another call over the same network loses the same packets of its own.
 */

export interface ImpairmentOptions {
  /** Of packets lost, 0 to 1, each by itself. */
  readonly lossShare: number;
  /** Longest time in the queue; each packet's is drawn evenly from 0 to it. */
  readonly jitterMs: number;
  readonly seed: number;
}

/** Lost, or when to deliver it. */
export type Fate =
  { readonly kind: 'lost' } | { readonly kind: 'delivered'; readonly atMs: number };

export class Impairment {
  readonly #options: ImpairmentOptions;
  readonly #random: () => number;
  #latestMs = 0;

  /** Of one line in one direction: each has a queue of its own. */
  constructor(options: ImpairmentOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  /** @param nowMs on any clock; `atMs` of what is delivered is on the same and never goes back, as in a queue */
  next(nowMs: number): Fate {
    const { lossShare, jitterMs } = this.#options;
    // Both are always drawn: the packets after a lost one have the fate that they have without it.
    const isLost = this.#random() < lossShare;
    const waitMs = this.#random() * jitterMs;
    if (isLost) return { kind: 'lost' };
    this.#latestMs = Math.max(this.#latestMs, nowMs + waitMs);
    return { kind: 'delivered', atMs: this.#latestMs };
  }
}

/** RFC 7983 section 7: RTP and RTCP. Connectivity checks and DTLS pass a bad network as they pass a good one. */
export function isMedia(datagram: Uint8Array): boolean {
  const first = datagram[0] ?? 0;
  return first >= 128 && first <= 191;
}

/** Mulberry32 (public domain, Tommy Ettinger): 0 to 1, from 32 bits of state. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
