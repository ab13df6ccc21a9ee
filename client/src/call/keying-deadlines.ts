/** A person whom the server lists but who never agrees on keys (`e2ee`) is not a person to wait for. */
import type { ParticipantId } from '@earshot/protocol';

const deadlineMs = 15_000;

export interface KeyingDeadlinesOptions {
  /** Whether that person can answer now: their socket and the own one are up. */
  readonly isReachable: (personId: ParticipantId) => boolean;
  readonly onMissed: (personId: ParticipantId) => void;
}

export class KeyingDeadlines {
  readonly #options: KeyingDeadlinesOptions;
  readonly #timers = new Map<ParticipantId, ReturnType<typeof setTimeout>>();

  constructor(options: KeyingDeadlinesOptions) {
    this.#options = options;
  }

  start(personId: ParticipantId): void {
    this.stop(personId);
    const timer = setTimeout(() => {
      // Time without a connection does not count: they get a whole deadline from here on.
      if (!this.#options.isReachable(personId)) {
        this.start(personId);
        return;
      }
      this.#timers.delete(personId);
      this.#options.onMissed(personId);
    }, deadlineMs);
    this.#timers.set(personId, timer);
  }

  /** They sent something. A handshake has few messages, and the session ends it over one too many. */
  prolong(personId: ParticipantId): void {
    if (this.#timers.has(personId)) this.start(personId);
  }

  /** Keys were agreed on or refused, or the person left. */
  stop(personId: ParticipantId): void {
    clearTimeout(this.#timers.get(personId));
    this.#timers.delete(personId);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
