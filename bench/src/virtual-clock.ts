/** A clock that stands still until it is moved: what waits in a session costs no time of the measurement. */
import type { Scheduler } from '@earshot/keying/session';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualClock implements Scheduler {
  readonly #timers = new Set<Timer>();
  #nowMs = 0;

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Runs what is due by then, the earliest first. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
      const [next] = due.sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }
}
