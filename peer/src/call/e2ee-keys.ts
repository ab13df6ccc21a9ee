/** `e2ee`: agrees on keys with everyone in the call and its lobby, over envelopes that the server relays. */
import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import type { FrameOpener, FrameSealer } from '@earshot/keying/frame-transform';
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type PeerKeyState } from '@earshot/keying/session';
import { participantId, type Peer } from '@earshot/protocol';
import { createIdentity } from '../device-identity.ts';
import { timerScheduler } from '../timer-scheduler.ts';
import type { CallKeys, EnvelopeKind } from './call-keys.ts';
import type { CallMembership } from './call-membership.ts';

export class E2eeKeys implements CallKeys {
  readonly states = new Map<string, PeerKeyState>();
  readonly sealer: FrameSealer;
  readonly #membership: CallMembership;
  readonly #session: E2eeSession;
  /** Who is in the call. */
  readonly #present = new Set<string>();

  /** @param linkSecret 32 bytes. Copied. */
  constructor(membership: CallMembership, linkSecret: Uint8Array) {
    this.#membership = membership;
    this.#session = createE2eeSession({
      callId: membership.callId,
      selfId: membership.self.id,
      selfOrder: membership.self.order,
      linkSecret: Secret.copy(linkSecret),
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
      scheduler: timerScheduler,
      admission: (peerId) => (this.#present.has(peerId) ? 'admit' : 'hold'),
      onEnvelope: (to, kind, data) => {
        void this.#send(to, { kind, data });
      },
      onPeerState: (peerId, state) => this.states.set(peerId, state),
      onSenderKey: () => undefined,
    });
    this.sealer = this.#session.sealer;
  }

  openerFor(peerId: string): FrameOpener {
    return this.#session.openerFor(peerId);
  }

  expectPeer({ id, order }: Peer): void {
    this.#session.addPeer({ peerId: id, order });
  }

  addPeer({ id, order }: Peer): void {
    this.#present.add(id);
    this.#session.addPeer({ peerId: id, order });
    this.#session.admit(id);
  }

  removePeer(peerId: string): void {
    this.#present.delete(peerId);
    this.#session.removePeer(peerId);
    this.states.delete(peerId);
  }

  receive(from: string, { kind, data }: { kind: EnvelopeKind; data: string }): void {
    this.#session.receive(from, kind, fromBase64(data));
  }

  describeOffer(sdp: string): string {
    return sdp;
  }

  acceptOffer(_peerId: string, sdp: string): string {
    return sdp;
  }

  describeAnswer(sdp: string): string {
    return sdp;
  }

  acceptAnswer(_peerId: string, sdp: string): string {
    return sdp;
  }

  announce(): undefined {
    return undefined;
  }

  acceptAnnouncement(): void {
    // Keys come in envelopes.
  }

  close(): void {
    this.#session.close();
  }

  async #send(to: string, { kind, data }: { kind: EnvelopeKind; data: Uint8Array }): Promise<void> {
    try {
      const input = { to: participantId.parse(to), kind, data: toBase64(data) };
      await this.#membership.request('envelope', input);
    } catch {
      // They left, or the socket dropped: the pair stays as it is.
    }
  }
}
