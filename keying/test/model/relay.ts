/** The server between the devices of one call: orders who is there, relays envelopes well or badly. */
import type { VirtualClock } from './virtual-clock.ts';

/** Fair: everything arrives, in order. Rough: it may be lost, repeated or overtaken. */
export type Weather = 'fair' | 'rough';

/** Milliseconds that a message of a fair relay is under way. */
const fairDelayMs = { min: 5, spread: 75 };
const roughDelayMs = { min: 5, spread: 600 };
const lossInRough = 0.25;
const repetitionInRough = 0.2;

export interface RelayOptions {
  readonly clock: VirtualClock;
  /** 0 to 1. */
  readonly chance: () => number;
}

export class Relay {
  readonly #options: RelayOptions;
  /** When the last message of each line arrives: what is fair does not overtake. */
  readonly #lastArrivalMs = new Map<string, number>();
  weather: Weather = 'fair';

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** An envelope to `receiver`. */
  carry(receiver: string, deliver: () => void): void {
    const { clock, chance } = this.#options;
    if (this.weather === 'fair') {
      this.tell(receiver, deliver);
      return;
    }
    if (chance() < lossInRough) return;
    clock.after(roughDelayMs.min + chance() * roughDelayMs.spread, deliver);
    if (chance() < repetitionInRough) {
      clock.after(roughDelayMs.min + chance() * roughDelayMs.spread, deliver);
    }
  }

  /** What the server itself says to `receiver`: never lost, and in order. */
  tell(receiver: string, deliver: () => void): void {
    const { clock, chance } = this.#options;
    const earliestMs = clock.nowMs + fairDelayMs.min + chance() * fairDelayMs.spread;
    const arrivalMs = Math.max(earliestMs, this.#lastArrivalMs.get(receiver) ?? 0);
    this.#lastArrivalMs.set(receiver, arrivalMs);
    clock.after(arrivalMs - clock.nowMs, deliver);
  }
}
