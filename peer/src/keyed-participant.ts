/**
 * Someone in an `e2ee` call who takes part in its keys and not in its media. With the link's secret an
 * ordinary member who says nothing; without it what a server can add: a ghost.
 */
import type { FrameOpener } from '@earshot/keying/frame-transform';
import type { Topology } from '@earshot/keying/mode';
import type { PeerKeyState } from '@earshot/keying/session';
import type { Participant, ServerEvent } from '@earshot/protocol';
import { CallMembership } from './call/call-membership.ts';
import { E2eeKeys } from './call/e2ee-keys.ts';

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
  readonly #membership: CallMembership;
  readonly #keys: E2eeKeys;

  private constructor(membership: CallMembership, linkSecret: Uint8Array) {
    this.#membership = membership;
    this.self = membership.self;
    this.#keys = new E2eeKeys(membership, linkSecret);
    for (const other of membership.joined.participants) this.#keys.addPeer(other);
    membership.listen((event) => {
      this.#receive(event);
    });
  }

  /** @throws ProtocolError the server's refusal */
  static async join(options: KeyedParticipantOptions): Promise<KeyedParticipant> {
    const { serverUrl, callId, topology, name, linkSecret } = options;
    const membership = await CallMembership.join({
      ...{ serverUrl, callId, topology, name },
      ...{ mode: 'e2ee', isMuted: true },
    });
    return new KeyedParticipant(membership, linkSecret);
  }

  /** Keys with each of the others and of those in the lobby, as far as agreed. */
  get states(): ReadonlyMap<string, PeerKeyState> {
    return this.#keys.states;
  }

  /** Opens frames of that participant, once their sender key has arrived. */
  openerFor(participantId: string): FrameOpener {
    return this.#keys.openerFor(participantId);
  }

  /** Leaves the call. Idempotent. */
  close(): void {
    this.#keys.close();
    this.#membership.close();
  }

  #receive(event: ServerEvent): void {
    // Media, names, muting: not this participant's concern.
    if (event.name === 'participantJoined') this.#keys.addPeer(event.payload.participant);
    else if (event.name === 'peerArrived') this.#keys.expectPeer(event.payload.peer);
    else if (event.name === 'participantLeft' || event.name === 'peerGone') {
      this.#keys.removePeer(event.payload.participantId);
    } else if (event.name === 'envelope') this.#keys.receive(event.payload.from, event.payload);
  }
}
