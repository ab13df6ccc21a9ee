/** What the server says before it can be acted on: kept, and given on in the order in which it was said. */
import type { EventName, ServerEvent } from '@earshot/protocol';

/** How far the call has come. `entering`: nobody is known yet; `call`: people and media are there. */
export type EventStage = 'entering' | 'lobby' | 'call';

/** Those that need no media. All else waits, and what comes behind it too. */
const ofLobby: ReadonlySet<EventName> = new Set([
  'peerArrived',
  'peerGone',
  'envelope',
  'sessionReplaced',
  'draining',
]);

export class EarlyEvents {
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #waiting: ServerEvent[] = [];
  #stage: EventStage = 'entering';

  constructor(onEvent: (event: ServerEvent) => void) {
    this.#onEvent = onEvent;
  }

  receive(event: ServerEvent): void {
    this.#waiting.push(event);
    this.#giveOn();
  }

  reach(stage: EventStage): void {
    this.#stage = stage;
    this.#giveOn();
  }

  #giveOn(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#canTake(next)) return;
      this.#waiting.shift();
      this.#onEvent(next);
    }
  }

  #canTake({ name }: ServerEvent): boolean {
    switch (this.#stage) {
      case 'entering':
        return false;
      case 'lobby':
        return ofLobby.has(name);
      case 'call':
        return true;
    }
  }
}
