/**
 * People in one `e2ee` call without a network: their real sessions, and a relay that hands on every envelope.
 * For attacks on keys, which media or timing would only slow down.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type PeerKeyState } from '@earshot/keying/session';
import { createIdentity } from '@earshot/peer/device-identity';
import { timerScheduler } from '@earshot/peer/timer-scheduler';

export interface Gathered {
  readonly id: string;
  readonly order: number;
  readonly session: E2eeSession;
}

interface Place extends Gathered {
  readonly states: Map<string, PeerKeyState>;
  /** Who has not acknowledged this member's newest key. */
  readonly owed: Set<string>;
}

const settleTimeoutMs = 120_000;

export class Gathering {
  readonly #callId = 'gathering';
  readonly #linkSecret = new Uint8Array(randomBytes(32));
  readonly #present = new Map<string, Place>();
  /** Those who left keep what they have: nobody can make them forget. */
  readonly #sessions: E2eeSession[] = [];
  #nextOrder = 1;

  /** Arrives; the handshakes with everyone present begin. */
  join(id: string): Gathered {
    const states = new Map<string, PeerKeyState>();
    const owed = new Set<string>();
    const session = createE2eeSession({
      callId: this.#callId,
      selfId: id,
      selfOrder: this.#nextOrder,
      linkSecret: Secret.copy(this.#linkSecret),
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      onEnvelope: (to, kind, data) => {
        queueMicrotask(() => this.#present.get(to)?.session.receive(id, kind, data));
      },
      onPeerState: (peerId, state) => states.set(peerId, state),
      onSenderKey: ({ unacknowledged }) => {
        owed.clear();
        for (const peerId of unacknowledged) owed.add(peerId);
      },
    });
    const place: Place = { id, order: this.#nextOrder++, session, states, owed };
    this.#sessions.push(session);
    for (const other of this.#present.values()) {
      other.session.addPeer({ peerId: id, order: place.order });
      session.addPeer({ peerId: other.id, order: other.order });
    }
    this.#present.set(id, place);
    return place;
  }

  /** Is gone for the relay, and for everyone who is told. */
  leave(id: string, told: 'others-are-told' | 'nobody-is-told'): void {
    this.#present.delete(id);
    if (told === 'nobody-is-told') return;
    for (const { session } of this.#present.values()) session.removePeer(id);
  }

  /**
   * Resolves when everyone present has keys with everyone else, and holds the newest of each.
   * @throws Error if that takes too long
   */
  async settled(): Promise<void> {
    const deadline = Date.now() + settleTimeoutMs;
    while (!this.#isSettled()) {
      if (Date.now() > deadline) throw new Error('the members did not agree on keys');
      await setImmediate();
    }
  }

  /** Wipes every key, those of who left included. Idempotent. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  #isSettled(): boolean {
    const places = [...this.#present.values()];
    return places.every(
      ({ id, states, owed }) =>
        owed.size === 0 &&
        places.every((other) => other.id === id || states.get(other.id)?.kind === 'secure'),
    );
  }
}
