/** Time that passes only when told to, and devices that may miss some of it. */
import type { Scheduler } from '../../src/session/index.ts';

interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualClock {
  #nowMs = 0;
  /** By time; of the same time in the order in which they were planned. */
  readonly #due: Due[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Returns the cancellation. */
  after(delayMs: number, run: () => void): () => void {
    const due = { atMs: this.#nowMs + delayMs, run };
    const index = this.#due.findLastIndex(({ atMs }) => atMs <= due.atMs);
    this.#due.splice(index + 1, 0, due);
    return () => {
      const place = this.#due.indexOf(due);
      if (place !== -1) this.#due.splice(place, 1);
    };
  }

  /** Runs what is due in the next `byMs`, one after the other; `settle` follows each. */
  async advance(byMs: number, settle: () => Promise<void>): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#due[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#due.shift();
      this.#nowMs = next.atMs;
      next.run();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/**
 * A browser's view of time. Asleep, nothing runs: timers and messages wait for its waking and then come
 * in the order in which they would have come. Throttled, its timers are late.
 */
export class DeviceClock implements Scheduler {
  readonly #clock: VirtualClock;
  readonly #missed: (() => void)[] = [];
  #isAsleep = false;
  /** How late timers fire. */
  latenessMs = 0;
  /** Since when it has been awake; meaningless while asleep. */
  awakeSinceMs = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  after(delayMs: number, run: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#clock.after(delayMs + this.latenessMs, () => {
      this.arrive(() => {
        if (!isCancelled) run();
      });
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs now, or when the device wakes. */
  arrive(run: () => void): void {
    if (this.#isAsleep) this.#missed.push(run);
    else run();
  }

  sleep(): void {
    this.#isAsleep = true;
  }

  wake(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.awakeSinceMs = this.#clock.nowMs;
    for (const run of this.#missed.splice(0)) this.#clock.after(0, run);
  }
}
