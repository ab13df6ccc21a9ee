/** The state of one call, who watches it, and what the call was given that its end must close. */
import { reduceCall, type CallEvent } from './call-reducer.ts';
import type { CallState, EndReason, RemotePerson } from './call-state.ts';

export class CallStore {
  readonly #listeners = new Set<(state: CallState) => void>();
  readonly #closers: (() => void)[] = [];
  #state: CallState;
  #wasConnected = false;

  constructor(initial: CallState) {
    this.#state = initial;
  }

  get state(): CallState {
    return this.#state;
  }

  isOver(): boolean {
    return this.#state.phase.kind === 'ended';
  }

  person(id: string): RemotePerson | undefined {
    return this.#state.people.find((person) => person.id === id);
  }

  /** @returns the unsubscription. */
  subscribe(listener: (state: CallState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  dispatch(event: CallEvent): void {
    const before = this.#state;
    this.#state = reduceCall(before, event);
    if (this.#state === before) return;
    if (this.#state.phase.kind === 'connected' && !this.#wasConnected) {
      this.#wasConnected = true;
      performance.mark('earshot:connected');
    }
    for (const listener of this.#listeners) listener(this.#state);
  }

  /** Registers what the end must close; what opened after the end is closed at once. */
  own(close: () => void): void {
    if (this.isOver()) close();
    else this.#closers.push(close);
  }

  /** Latest first: the microphone and the media close before the session that announces it. Idempotent. */
  end(reason: EndReason): void {
    if (this.isOver()) return;
    const closers = this.#closers.toReversed();
    this.#closers.length = 0;
    this.dispatch({ kind: 'ended', reason });
    for (const close of closers) close();
  }
}
