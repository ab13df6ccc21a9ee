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
import type { Peer } from '@earshot/protocol';
import type { ActiveRelay } from './active-relay.ts';
import type { RelayedMessage } from './relayed-message.ts';

export interface HandshakeSwapOptions {
  readonly relay: ActiveRelay;
  readonly callId: string;
  /** 32 bytes. A server has nothing of the link, so random ones; the control has the real secret. */
  readonly linkSecret: Uint8Array;
}

interface Victim {
  readonly client: number;
  readonly self: Peer;
  /** In which the server plays the first other person that this one is told of. */
  session: E2eeSession | undefined;
}

/** Stands between the first two people who come to a call through the relay, by its lobby or straight. */
export class HandshakeSwap {
  /** What the server reached with each victim, by participant id. */
  readonly states = new Map<string, PeerKeyState>();
  /** Envelopes taken out on their way, and answered by the server itself. */
  swapped = 0;
  readonly #options: HandshakeSwapOptions;
  /** In the order in which they came. */
  readonly #victims: Victim[] = [];

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
    if (message.kind === 'answer' && (message.verb === 'enterLobby' || message.verb === 'join')) {
      this.#meet(message.client, message.result.self);
    }
    const victim = this.#victims.find(({ client }) => client === message.client);
    const [other] = peersIn(message);
    if (victim !== undefined && other !== undefined) this.#play(other, victim);
    if (message.kind !== 'request' || message.verb !== 'envelope') return [message];
    this.swapped++;
    const { kind, data } = message.input;
    victim?.session?.receive(victim.self.id, kind, fromBase64(data));
    // The sender is told that all went well.
    return [{ kind: 'answer', client: message.client, verb: 'envelope', result: {} }];
  }

  /** Who was in the lobby before they joined is known. */
  #meet(client: number, { id, order }: Peer): void {
    const isKnown = this.#victims.some((victim) => victim.client === client);
    if (isKnown || this.#victims.length >= 2) return;
    this.#victims.push({ client, self: { id, order }, session: undefined });
  }

  /** Begins to agree on keys with the victim in the name of `played`. */
  #play(played: Peer, victim: Victim): void {
    if (victim.session !== undefined) return;
    const session = createE2eeSession({
      callId: this.#options.callId,
      selfId: played.id,
      selfOrder: played.order,
      linkSecret: Secret.copy(this.#options.linkSecret),
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      onEnvelope: (_to, kind, data) => {
        this.#options.relay.inject({
          kind: 'event',
          client: victim.client,
          name: 'envelope',
          payload: { from: played.id, kind, data: toBase64(data) },
        });
      },
      onPeerState: (_peerId, state) => this.states.set(victim.self.id, state),
      onSenderKey: () => undefined,
    });
    victim.session = session;
    // Not before the message that tells of them has been passed on.
    queueMicrotask(() => {
      session.addPeer({ peerId: victim.self.id, order: victim.self.order });
    });
  }
}

/** Whom the message tells its receiver of. */
function peersIn(message: RelayedMessage): readonly Peer[] {
  if (message.kind === 'answer') {
    if (message.verb === 'enterLobby') return message.result.peers;
    return message.verb === 'join' ? message.result.participants : [];
  }
  if (message.kind !== 'event') return [];
  if (message.name === 'peerArrived') return [message.payload.peer];
  return message.name === 'participantJoined' ? [message.payload.participant] : [];
}
