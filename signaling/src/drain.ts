/** Stopping without cutting people off: no new calls, a notice, a bounded wait. */
import type { Sessions } from './sessions.ts';

export interface DrainOptions {
  readonly deadlineMs: number;
  readonly sessions: Sessions;
  readonly peopleInCalls: () => number;
}

export class Drain {
  readonly #options: DrainOptions;
  #done: Promise<void> | undefined;
  #finish: () => void = () => undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  get isDraining(): boolean {
    return this.#done !== undefined;
  }

  /** Idempotent: the first deadline stands. Resolves when nobody is in a call or the deadline is over. */
  async start(): Promise<void> {
    if (this.#done !== undefined) return this.#done;
    const { deadlineMs, sessions } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    this.#done = new Promise((resolve) => {
      this.#finish = resolve;
      timer = setTimeout(resolve, deadlineMs);
    });
    for (const session of sessions.all()) session.send('draining', { deadlineMs });
    this.check();
    await this.#done;
    clearTimeout(timer);
  }

  /** Somebody left. */
  check(): void {
    if (!this.isDraining) return;
    // Not at once: the last one to leave still gets the answer to its request.
    setImmediate(() => {
      if (this.#options.peopleInCalls() === 0) this.#finish();
    });
  }

  /** Ends the wait at once. */
  finish(): void {
    this.#finish();
  }
}
