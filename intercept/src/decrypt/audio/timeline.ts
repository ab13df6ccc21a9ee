/** Where the packets of a stream belong in its recording: by sequence number in order, by timestamp in place. */

export interface TimedPayload {
  readonly sequenceNumber: number;
  /** 32 bits, of the RTP clock. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** Packets that may overtake each other. At 20 ms each, more than any jitter buffer holds. */
const heldPackets = 32;

/** Puts packets in order; what comes after its successors have left is dropped. */
export class Reordering {
  readonly #held: { readonly place: number; readonly packet: TimedPayload }[] = [];
  #newest: number | undefined;
  #left = -Infinity;

  /** @returns the packet whose turn has come, if one more is held than need be. */
  add(packet: TimedPayload): TimedPayload | undefined {
    const newest = this.#newest ?? packet.sequenceNumber;
    // The signed 16-bit difference: forwards or backwards, across the wrap.
    const place = newest + (((packet.sequenceNumber - newest) << 16) >> 16);
    if (place <= this.#left) return undefined;
    this.#newest = Math.max(newest, place);
    let at = this.#held.length;
    while (at > 0 && (this.#held[at - 1]?.place ?? 0) > place) at--;
    this.#held.splice(at, 0, { place, packet });
    return this.#held.length > heldPackets ? this.next() : undefined;
  }

  /** @returns the next packet in order; undefined if none is held. */
  next(): TimedPayload | undefined {
    const first = this.#held.shift();
    if (first !== undefined) this.#left = first.place;
    return first?.packet;
  }
}

/** Silence within a call; a longer jump is a sender that began anew. */
const longestGapS = 600;

/** Turns timestamps into positions, in ticks from the first packet. */
export class Timeline {
  readonly #clockRateHz: number;
  #timestamp: number | undefined;
  #at = 0;
  #jumps = 0;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  /** Timestamps that could not be followed: the packet was put behind what came before. */
  get jumps(): number {
    return this.#jumps;
  }

  /**
   * @param timestamp of the next packet in order.
   * @param endAt where the recording ends so far, in ticks.
   */
  place(timestamp: number, endAt: number): number {
    const step = this.#timestamp === undefined ? 0 : (timestamp - this.#timestamp) | 0;
    this.#timestamp = timestamp;
    if (step >= 0 && step <= longestGapS * this.#clockRateHz) {
      this.#at += step;
    } else {
      this.#jumps++;
      this.#at = endAt;
    }
    return this.#at;
  }
}
