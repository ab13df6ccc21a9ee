/** What a receiver knows about an index before it looks at the tag. */
export type ReplayVerdict = 'ok' | 'replay' | 'too-old';

const bitsPerWord = 32;

/**
 * Sliding window of indices already accepted (RFC 3711 section 3.3.2; ring of words as in RFC 6479).
 *
 *     too old |  one bit per index, 1 = accepted  | not seen yet: ok
 *     --------+-----------------------------------+-----------------> index
 *             highest - size + 1            highest
 *
 * `check` and `accept` are apart, because an index may be accepted only once its packet's tag has
 * verified: a forged packet must not move the window.
 */
export class ReplayWindow {
  readonly #size: number;
  /** Twice the window, so that whole words can be cleared ahead without touching the window. */
  readonly #words: Uint32Array;
  #highest = -1;

  /** @param size indices kept: a power of two, at least 64 (RFC 3711 section 3.3.2). */
  constructor(size = 1024) {
    if (!Number.isSafeInteger(size) || size < 64 || size > 2 ** 20 || (size & (size - 1)) !== 0) {
      throw new RangeError(`replay window must be a power of two from 64 to 2^20, got ${size}`);
    }
    this.#size = size;
    this.#words = new Uint32Array((2 * size) / bitsPerWord);
  }

  /** Indices kept. */
  get size(): number {
    return this.#size;
  }

  /** Highest index accepted; -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Says whether a packet with this index may be accepted. Changes nothing. O(1). */
  check(index: number): ReplayVerdict {
    requireIndex(index);
    if (index > this.#highest) return 'ok';
    if (this.#highest - index >= this.#size) return 'too-old';
    return (this.#word(index) & bitOf(index)) === 0 ? 'ok' : 'replay';
  }

  /**
   * Records an index whose packet has been authenticated. O(1), a jump ahead included.
   * @throws RangeError for an index that `check` refuses: accepting it is a mistake of the caller.
   */
  accept(index: number): void {
    const verdict = this.check(index);
    if (verdict !== 'ok') throw new RangeError(`index ${index} cannot be accepted: ${verdict}`);
    if (index > this.#highest) this.#advance(index);
    const position = this.#position(index);
    this.#words[position] = (this.#words[position] ?? 0) | bitOf(index);
  }

  #advance(index: number): void {
    const from = wordOf(this.#highest);
    const steps = Math.min(wordOf(index) - from, this.#words.length);
    // Counted from the new end, because after a long jump only the last words are in the ring.
    for (let i = 0; i < steps; i++) this.#words[this.#position(index - i * bitsPerWord)] = 0;
    this.#highest = index;
  }

  #word(index: number): number {
    return this.#words[this.#position(index)] ?? 0;
  }

  #position(index: number): number {
    // Remainder, not a mask: bit operations would cut the index to 32 bits.
    return wordOf(index) % this.#words.length;
  }
}

function wordOf(index: number): number {
  return Math.floor(index / bitsPerWord);
}

function bitOf(index: number): number {
  return 1 << (index % bitsPerWord);
}

function requireIndex(index: number): void {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`not an index: ${index}`);
}
