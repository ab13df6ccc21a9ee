import type { Scheduler } from './session-ports.ts';

export interface RepeaterOptions {
  readonly scheduler: Scheduler;
  /** Until the first repetition; each further wait is twice as long, up to `maxIntervalMs`. */
  readonly firstIntervalMs: number;
  readonly maxIntervalMs: number;
}

/**
 * Does something at once, and again until it is told to stop: for what a relay may lose. The rate is
 * bounded, not the number, because a relay that carries again after a long while must find both sides
 * still trying.
 */
export class Repeater {
  readonly #options: RepeaterOptions;
  #cancel: (() => void) | undefined;

  constructor(options: RepeaterOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#cancel !== undefined;
  }

  /** Replaces what was repeated before. */
  start(run: () => void): void {
    this.stop();
    this.#schedule(run, this.#options.firstIntervalMs);
    run();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(run: () => void, intervalMs: number): void {
    this.#cancel = this.#options.scheduler.after(intervalMs, () => {
      this.#schedule(run, Math.min(intervalMs * 2, this.#options.maxIntervalMs));
      run();
    });
  }
}
