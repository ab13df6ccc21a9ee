/** When to play which frame: a small jitter buffer. All in samples of one clock. */

export interface PlayoutOptions {
  /** How long a frame waits for those before it; grows into what the network's jitter asks for. */
  readonly delaySamples: number;
  /** More than this ahead: what waits is too long behind what is said. */
  readonly mostAheadSamples: number;
}

export class PlayoutSchedule {
  readonly #options: PlayoutOptions;
  /** Where on the playing clock the sender's position 0 lies. */
  #origin: number | undefined;
  #endsAt = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
  }

  /**
   * @param position  where the sender has the frame
   * @param now  of the playing clock
   * @returns when to play it; undefined to leave it out: late, doubled, or to catch up
   */
  place({
    position,
    length,
    now,
  }: {
    position: number;
    length: number;
    now: number;
  }): number | undefined {
    const { delaySamples, mostAheadSamples } = this.#options;
    this.#origin ??= now + delaySamples - position;
    let at = this.#origin + position;
    if (at - now > mostAheadSamples + delaySamples || at < now - mostAheadSamples) {
      // Another stream, or a long silence: nothing that was scheduled tells about it.
      this.#origin = Math.max(now + delaySamples, this.#endsAt) - position;
      at = this.#origin + position;
    } else if (at < now) {
      // Ran dry: from here on everything waits longer.
      this.#origin += now + delaySamples - at;
      at = now + delaySamples;
    }
    if (at < this.#endsAt) return undefined;
    if (at - now > mostAheadSamples) {
      this.#origin -= length;
      return undefined;
    }
    this.#endsAt = at + length;
    return at;
  }
}
