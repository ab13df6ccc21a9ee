import { LabError } from './lab-error.ts';

/** The time that a run has left; it stands still while the run waits for a shared recording. */
export class RunClock {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  #leftMs: number;
  #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #step: string | undefined;
  #isOver = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#leftMs = timeoutMs;
    this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the run does from now on, for who reads that it did not end. */
  note(step: string): void {
    this.#step = step;
  }

  async pauseFor<T>(promise: Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#leftMs -= Date.now() - this.#startedAt;
    try {
      return await promise;
    } finally {
      this.#start();
    }
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    if (this.#isOver) return;
    this.#startedAt = Date.now();
    this.#timer = setTimeout(() => {
      const message = `not done after ${String(this.#timeoutMs / 1000)} s`;
      const where = this.#step === undefined ? '' : `, while ${this.#step}`;
      this.#controller.abort(new LabError('timeout', message + where));
    }, this.#leftMs);
  }
}
