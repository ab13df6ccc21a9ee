/** Opening a socket again and again, until it opens or the time for it is over. */
import { reconnectDelayMs } from './reconnect-policy.ts';

export interface ReconnectTriesOptions {
  readonly connect: () => void;
  /** No further try would come in time. */
  readonly onOver: () => void;
}

export class ReconnectTries {
  readonly #options: ReconnectTriesOptions;
  #attempt = 0;
  #deadlineAtMs = 0;
  #isTrying = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReconnectTriesOptions) {
    this.#options = options;
  }

  /** The first try is made at once. */
  begin(withinMs: number): void {
    this.#deadlineAtMs = performance.now() + withinMs;
    this.#startOver();
  }

  /** The socket did not open, or opened and led nowhere. */
  failed(): void {
    this.#isTrying = false;
    this.#schedule();
  }

  /** There is reason to hope: as the first try, unless one is being made. */
  hurry(): void {
    if (!this.#isTrying) this.#startOver();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #startOver(): void {
    this.#attempt = 0;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const delayMs = reconnectDelayMs(this.#attempt, Math.random());
    if (performance.now() + delayMs > this.#deadlineAtMs) {
      this.#options.onOver();
      return;
    }
    this.#attempt++;
    this.#timer = setTimeout(() => {
      this.#isTrying = true;
      this.#options.connect();
    }, delayMs);
  }
}
