/**
 * Someone in an `e2ee` call without a browser: joins, agrees on keys with everyone there, holds their
 * sender keys. With the link's secret an ordinary member; without it what a server can add: a ghost.
 */
import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import type { FrameOpener } from '@earshot/keying/frame-transform';
import type { Topology } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type PeerKeyState } from '@earshot/keying/session';
import {
  callId as callIdSchema,
  participantId,
  type Participant,
  type ServerEvent,
} from '@earshot/protocol';
import { createIdentity } from './device-identity.ts';
import { SignalingPeer } from './signaling-peer.ts';
import { timerScheduler } from './timer-scheduler.ts';

export interface KeyedParticipantOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  readonly name: string;
  /** 32 bytes. Copied. */
  readonly linkSecret: Uint8Array;
}

export class KeyedParticipant {
  readonly self: Participant;
  /** Keys with each of the others, as far as agreed. */
  readonly states = new Map<string, PeerKeyState>();
  readonly #peer: SignalingPeer;
  readonly #session: E2eeSession;

  private constructor(
    options: KeyedParticipantOptions,
    { peer, self }: { readonly peer: SignalingPeer; readonly self: Participant },
  ) {
    this.#peer = peer;
    this.self = self;
    this.#session = createE2eeSession({
      callId: options.callId,
      selfId: self.id,
      selfOrder: self.order,
      linkSecret: Secret.copy(options.linkSecret),
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      onEnvelope: (to, kind, data) => {
        void this.#send(to, { kind, data });
      },
      onPeerState: (peerId, state) => this.states.set(peerId, state),
      onSenderKey: () => undefined,
    });
  }

  /** @throws ProtocolError the server's refusal */
  static async join(options: KeyedParticipantOptions): Promise<KeyedParticipant> {
    const callId = callIdSchema.parse(options.callId);
    // Events may come before the session that they are for exists.
    const early: ServerEvent[] = [];
    let onEvent = (event: ServerEvent): void => void early.push(event);
    const peer = await SignalingPeer.open({
      serverUrl: options.serverUrl,
      onEvent: (event) => onEvent(event),
    });
    const { name, topology } = options;
    const { self, participants } = await peer.request('join', {
      ...{ callId, mode: 'e2ee', topology, name, isMuted: true },
    });
    const participant = new KeyedParticipant(options, { peer, self });
    onEvent = (event) => participant.#receive(event);
    for (const { id, order } of participants) participant.#session.addPeer({ peerId: id, order });
    for (const event of early) participant.#receive(event);
    return participant;
  }

  /** Opens frames of that participant, once their sender key has arrived. */
  openerFor(participantId: string): FrameOpener {
    return this.#session.openerFor(participantId);
  }

  /** Leaves the call. Idempotent. */
  close(): void {
    this.#session.close();
    this.#peer.close();
  }

  #receive(event: ServerEvent): void {
    // Media, names, muting: not this participant's concern.
    if (event.name === 'participantJoined') {
      const { id, order } = event.payload.participant;
      this.#session.addPeer({ peerId: id, order });
    } else if (event.name === 'participantLeft') {
      this.#session.removePeer(event.payload.participantId);
    } else if (event.name === 'envelope') {
      const { from, kind, data } = event.payload;
      this.#session.receive(from, kind, fromBase64(data));
    }
  }

  async #send(
    to: string,
    { kind, data }: { kind: 'handshake' | 'sender-key'; data: Uint8Array },
  ): Promise<void> {
    try {
      await this.#peer.request('envelope', {
        to: participantId.parse(to),
        kind,
        data: toBase64(data),
      });
    } catch {
      // They left, or the socket dropped: the pair stays as it is.
    }
  }
}
