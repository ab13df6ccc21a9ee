/** The lobby of a call: who is about to join it, known there by id and order and to nobody by name. */
import type { EventName, EventPayload, ParticipantId, Peer } from '@earshot/protocol';
import type { Call } from './call.ts';
import type { Session } from './session.ts';

/** A session's place at a call: before it, kept when it joins. */
export interface Visitor {
  readonly call: Call;
  readonly session: Session;
  readonly id: ParticipantId;
  readonly order: number;
}

export class Lobby {
  readonly #visitors = new Map<ParticipantId, Visitor>();

  /** By the order in which they came. */
  get visitors(): readonly Visitor[] {
    return [...this.#visitors.values()];
  }

  find(id: ParticipantId): Visitor | undefined {
    return this.#visitors.get(id);
  }

  add(visitor: Visitor): void {
    this.#visitors.set(visitor.id, visitor);
    visitor.session.visitor = visitor;
  }

  /** @returns whether they were here. */
  remove(visitor: Visitor): boolean {
    if (!this.#visitors.delete(visitor.id)) return false;
    visitor.session.visitor = undefined;
    return true;
  }

  send<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const { session } of this.#visitors.values()) session.send(name, payload);
  }

  /** Puts everybody out. Idempotent. */
  close(): void {
    for (const visitor of this.visitors) this.remove(visitor);
  }
}

/** As the others see it before it has a name. */
export function toPeer({ id, order }: Visitor): Peer {
  return { id, order };
}
