/** Somebody in the lobby of an `e2ee` call: agrees on keys there, as the join page does, and joins when told to. */
import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import type { FrameOpener } from '@earshot/keying/frame-transform';
import type { Topology } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import {
  createE2eeSession,
  type Admission,
  type E2eeSession,
  type PeerKeyState,
} from '@earshot/keying/session';
import {
  callId as callIdSchema,
  participantId,
  type CallId,
  type EventPayload,
  type Peer,
  type ServerEvent,
} from '@earshot/protocol';
import { createIdentity } from './device-identity.ts';
import { SignalingPeer } from './signaling-peer.ts';
import { timerScheduler } from './timer-scheduler.ts';

export interface VisitOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  /** 32 bytes. Copied. */
  readonly linkSecret: Uint8Array;
  /** Of those in the call. `admit`: gives its own key away at once, as no honest client does before it joined. */
  readonly admission: Admission;
}

export class LobbyVisitor {
  readonly self: Peer;
  readonly signaling: SignalingPeer;
  readonly session: E2eeSession;
  /** Keys with those in the call, as far as agreed. */
  readonly states = new Map<string, PeerKeyState>();
  /** Every envelope that came, oldest first. */
  readonly received: EventPayload<'envelope'>[] = [];
  readonly #place: { readonly callId: CallId; readonly topology: Topology };
  /** Who is in the call that was joined; before that nobody. */
  readonly #met = new Set<string>();

  private constructor(signaling: SignalingPeer, self: Peer, options: VisitOptions) {
    const { topology, linkSecret, admission } = options;
    const callId = callIdSchema.parse(options.callId);
    this.signaling = signaling;
    this.self = self;
    this.#place = { callId, topology };
    this.session = createE2eeSession({
      ...{ callId, selfId: self.id, selfOrder: self.order, identity: createIdentity() },
      linkSecret: Secret.copy(linkSecret),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      admission: (peerId) => (this.#met.has(peerId) ? 'admit' : admission),
      onEnvelope: (to, kind, data) => {
        const envelope = { to: participantId.parse(to), kind, data: toBase64(data) };
        // Whoever left meanwhile gets nothing more.
        signaling.request('envelope', envelope).catch(() => undefined);
      },
      onPeerState: (peerId, state) => this.states.set(peerId, state),
      onSenderKey: () => undefined,
    });
  }

  /** @throws ProtocolError the server's refusal */
  static async enter(options: VisitOptions): Promise<LobbyVisitor> {
    // Events may come before there is anyone to handle them.
    const early: ServerEvent[] = [];
    let receive = (event: ServerEvent): void => void early.push(event);
    const signaling = await SignalingPeer.open({
      serverUrl: options.serverUrl,
      onEvent: (event) => {
        receive(event);
      },
    });
    try {
      const { topology } = options;
      const callId = callIdSchema.parse(options.callId);
      const { self, peers } = await signaling.request('enterLobby', {
        ...{ callId, mode: 'e2ee', topology },
      });
      const visitor = new LobbyVisitor(signaling, self, options);
      for (const peer of peers) visitor.#agreeWith(peer);
      receive = (event) => {
        visitor.#receive(event);
      };
      for (const event of early) visitor.#receive(event);
      return visitor;
    } catch (error) {
      signaling.close();
      throw error;
    }
  }

  /** Opens frames of that participant, once their sender key has arrived. */
  openerFor(peerId: string): FrameOpener {
    return this.session.openerFor(peerId);
  }

  /** @throws ProtocolError the server's refusal */
  async join(name: string): Promise<void> {
    const { participants } = await this.signaling.request('join', {
      ...this.#place,
      ...{ mode: 'e2ee', name, isMuted: false },
    });
    for (const participant of participants) this.#meet(participant);
  }

  /** Wipes the keys, and leaves. Idempotent. */
  close(): void {
    this.session.close();
    this.signaling.close();
  }

  #agreeWith({ id, order }: Peer): void {
    this.session.addPeer({ peerId: id, order });
  }

  /** Both are in the call. */
  #meet(peer: Peer): void {
    this.#met.add(peer.id);
    this.#agreeWith(peer);
    this.session.admit(peer.id);
  }

  #receive(event: ServerEvent): void {
    if (event.name === 'peerArrived') this.#agreeWith(event.payload.peer);
    else if (event.name === 'participantJoined') this.#meet(event.payload.participant);
    else if (event.name === 'peerGone' || event.name === 'participantLeft') {
      this.#met.delete(event.payload.participantId);
      this.session.removePeer(event.payload.participantId);
    } else if (event.name === 'envelope') {
      const { from, kind, data } = event.payload;
      this.received.push(event.payload);
      this.session.receive(from, kind, fromBase64(data));
    }
  }
}
