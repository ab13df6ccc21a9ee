/**
 * The man in the middle of a handshake: two people believe that they agree on keys with each other, and
 * each does so with the server, which puts its own public values in the place of theirs.
 */
import { randomBytes } from 'node:crypto';
import type { FrameOpener } from '@earshot/keying/frame-transform';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type PeerKeyState } from '@earshot/keying/session';
import { createIdentity } from '@earshot/peer/device-identity';
import { timerScheduler } from '@earshot/peer/timer-scheduler';
import type { Participant } from '@earshot/protocol';
import type { ActiveRelay } from './active-relay.ts';
import type { RelayedMessage, RelayedRequest } from './relayed-message.ts';

export interface HandshakeSwapOptions {
  readonly relay: ActiveRelay;
  readonly callId: string;
  /** 32 bytes. A server has nothing of the link, so random ones; the control has the real secret. */
  readonly linkSecret: Uint8Array;
}

interface Victim {
  readonly client: number;
  readonly self: Participant;
  /** In which the server plays the other person towards this one. */
  session: E2eeSession | undefined;
}

/** Stands between the first two people who join through the relay. */
export class HandshakeSwap {
  /** What the server reached with each victim, by participant id. */
  readonly states = new Map<string, PeerKeyState>();
  /** Envelopes taken out on their way, and answered by the server itself. */
  swapped = 0;
  readonly #options: HandshakeSwapOptions;
  readonly #victims: Victim[] = [];
  /** As sent with the joining, base64, by client. */
  readonly #openings = new Map<number, readonly string[]>();

  constructor(options: HandshakeSwapOptions) {
    this.#options = options;
    options.relay.setRewrite((message) => this.#rewrite(message));
  }

  /**
   * Opens what a victim seals for whom the server plays, once it has that victim's sender key.
   * @throws RangeError for somebody who is not a victim
   */
  openerFor(victimId: string): FrameOpener {
    const session = this.#victims.find(({ self }) => self.id === victimId)?.session;
    if (session === undefined) throw new RangeError(`not a victim: ${victimId}`);
    return session.openerFor(victimId);
  }

  close(): void {
    for (const { session } of this.#victims) session?.close();
  }

  #rewrite(message: RelayedMessage): readonly RelayedMessage[] {
    if (message.kind === 'answer' && message.verb === 'join' && this.#victims.length < 2) {
      const { self } = message.result;
      this.#victims.push({ client: message.client, self, session: undefined });
      const [first, second] = this.#victims;
      if (first !== undefined && second !== undefined) {
        first.session = this.#play(second, first);
        second.session = this.#play(first, second);
        this.#answerOpening(second);
      }
    }
    if (message.kind === 'request' && message.verb === 'join') return [this.#keepOpenings(message)];
    if (message.kind !== 'request' || message.verb !== 'envelope') return [message];
    const victim = this.#victims.find(({ client }) => client === message.client);
    this.swapped++;
    const { kind, data } = message.input;
    victim?.session?.receive(victim.self.id, kind, fromBase64(data));
    // The sender is told that all went well.
    return [{ kind: 'answer', client: message.client, verb: 'envelope', result: {} }];
  }

  /** What a joining client sends ahead is answered by the server, and reaches nobody else. */
  #keepOpenings(message: Extract<RelayedRequest, { readonly verb: 'join' }>): RelayedMessage {
    const { envelopes, ...input } = message.input;
    this.#openings.set(message.client, envelopes ?? []);
    return { ...message, input };
  }

  /** The first of them was for the one person who is there. */
  #answerOpening({ client, self, session }: Victim): void {
    const [opening] = this.#openings.get(client) ?? [];
    if (opening === undefined) return;
    this.swapped++;
    session?.receive(self.id, 'handshake', fromBase64(opening));
  }

  /** The session in which the server is `played` towards `victim`. */
  #play(played: Victim, victim: Victim): E2eeSession {
    const session = createE2eeSession({
      callId: this.#options.callId,
      selfId: played.self.id,
      selfOrder: played.self.order,
      linkSecret: Secret.copy(this.#options.linkSecret),
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      onEnvelope: (_to, kind, data) => {
        this.#options.relay.inject({
          kind: 'event',
          client: victim.client,
          name: 'envelope',
          payload: { from: played.self.id, kind, data: toBase64(data) },
        });
      },
      onPeerState: (_peerId, state) => this.states.set(victim.self.id, state),
      onSenderKey: () => undefined,
    });
    session.addPeer({ peerId: victim.self.id, order: victim.self.order });
    return session;
  }
}
