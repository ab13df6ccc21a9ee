/** Somebody in the lobby of an `e2ee` call: agrees on keys there, as the join page does, and joins when told to. */
import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
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
  type Peer,
  type ServerEvent,
} from '@earshot/protocol';
import { createIdentity } from '../src/device-identity.ts';
import { SignalingPeer } from '../src/signaling-peer.ts';
import { timerScheduler } from '../src/timer-scheduler.ts';

export interface VisitOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  /** 32 bytes. Copied. */
  readonly linkSecret: Uint8Array;
  /** `admit`: gives its own key away at once, as no honest client does before it joined. */
  readonly admission: Admission;
}

export class LobbyVisitor {
  readonly self: Peer;
  readonly signaling: SignalingPeer;
  readonly session: E2eeSession;
  readonly states = new Map<string, PeerKeyState>();
  /** The kinds of the envelopes that came, oldest first. */
  readonly received: string[] = [];
  readonly #place: Pick<VisitOptions, 'callId' | 'topology'>;
  readonly #peers = new Set<string>();

  private constructor(signaling: SignalingPeer, self: Peer, options: VisitOptions) {
    const { callId, topology, linkSecret, admission } = options;
    this.signaling = signaling;
    this.self = self;
    this.#place = { callId, topology };
    this.session = createE2eeSession({
      ...{ callId, selfId: self.id, selfOrder: self.order, identity: createIdentity() },
      linkSecret: Secret.copy(linkSecret),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      admission: () => admission,
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
    const early: ServerEvent[] = [];
    let receive = (event: ServerEvent): void => void early.push(event);
    const signaling = await SignalingPeer.open({
      serverUrl: options.serverUrl,
      onEvent: (event) => {
        receive(event);
      },
    });
    const { topology } = options;
    const callId = callIdSchema.parse(options.callId);
    const { self, peers } = await signaling.request('enterLobby', {
      ...{ callId, mode: 'e2ee', topology },
    });
    const visitor = new LobbyVisitor(signaling, self, options);
    for (const peer of peers) visitor.#add(peer);
    receive = (event) => {
      visitor.#receive(event);
    };
    for (const event of early) visitor.#receive(event);
    return visitor;
  }

  /** @throws ProtocolError the server's refusal */
  async join(name: string): Promise<void> {
    const { callId, topology } = this.#place;
    await this.signaling.request('join', {
      ...{ callId: callIdSchema.parse(callId), mode: 'e2ee', topology, name, isMuted: false },
    });
    for (const id of this.#peers) this.session.admit(id);
  }

  /** Idempotent. */
  close(): void {
    this.session.close();
    this.signaling.close();
  }

  #add({ id, order }: Peer): void {
    this.#peers.add(id);
    this.session.addPeer({ peerId: id, order });
  }

  #receive(event: ServerEvent): void {
    if (event.name === 'peerArrived') this.#add(event.payload.peer);
    else if (event.name === 'peerGone') this.session.removePeer(event.payload.participantId);
    else if (event.name === 'envelope') {
      const { from, kind, data } = event.payload;
      this.received.push(kind);
      this.session.receive(from, kind, fromBase64(data));
    }
  }
}
