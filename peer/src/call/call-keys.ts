/** What a call's keying mode asks of a member: frames sealed and opened, and what is said for that in signaling. */
import { randomBytes } from 'node:crypto';
import type { Outcome } from '@earshot/keying/errors';
import type { FrameOpener, FrameSealer } from '@earshot/keying/frame-transform';
import type { KeyingMode } from '@earshot/keying/mode';
import type { PeerKeyState } from '@earshot/keying/session';
import type { Peer } from '@earshot/protocol';
import type { CallMembership } from './call-membership.ts';
import { E2eeKeys } from './e2ee-keys.ts';
import { InnerSdesKeys } from './inner-sdes-keys.ts';

/** The mode, with what it needs from the invite link. */
export type MemberKeying =
  | { readonly mode: Exclude<KeyingMode, 'e2ee'> }
  /** `linkSecret`: 32 bytes. Copied. */
  | { readonly mode: 'e2ee'; readonly linkSecret: Uint8Array };

export interface CallKeys {
  readonly sealer: FrameSealer;
  /** With each of the others, as far as agreed; empty in modes where people agree on nothing. */
  readonly states: ReadonlyMap<string, PeerKeyState>;
  openerFor(peerId: string): FrameOpener;
  /** Somebody in the lobby: keys are agreed on with them, and nobody hears anybody before `addPeer`. */
  expectPeer(peer: Peer): void;
  /** Somebody in the call, expected or not. */
  addPeer(peer: Peer): void;
  removePeer(peerId: string): void;
  /** An envelope of somebody else, in the call or in its lobby. */
  receive(from: string, envelope: { readonly kind: EnvelopeKind; readonly data: string }): void;
  /** Direct calls: the own offer as it is sent. */
  describeOffer(sdp: string): string;
  /**
   * Direct calls: takes the keys out of the other side's offer or answer.
   * @throws KeyingError `sdes-invalid`, `sdes-no-agreement`
   */
  acceptOffer(peerId: string, sdp: string): string;
  /** Direct calls: the own answer as it is sent. */
  describeAnswer(sdp: string): string;
  /** @throws KeyingError like `acceptOffer` */
  acceptAnswer(peerId: string, sdp: string): string;
  /** Rooms: what is announced with the own producer. */
  announce(): string | undefined;
  /** Rooms: what somebody announced. @throws KeyingError like `acceptOffer` */
  acceptAnnouncement(peerId: string, line: string | undefined): void;
  /** Wipes every key. Idempotent. */
  close(): void;
}

export type EnvelopeKind = 'handshake' | 'sender-key';

export function createCallKeys(keying: MemberKeying, membership: CallMembership): CallKeys {
  switch (keying.mode) {
    case 'dtls':
      return hopKeys;
    case 'sdes':
      return new InnerSdesKeys((length) => new Uint8Array(randomBytes(length)));
    case 'e2ee':
      return new E2eeKeys(membership, keying.linkSecret);
  }
}

const asItIs = (payload: Uint8Array): Outcome => ({ ok: true, bytes: payload });
const nothing = (): undefined => undefined;

/** `dtls`: the connection's own encryption is all there is, from here to the next hop. */
const hopKeys: CallKeys = {
  sealer: { seal: asItIs },
  states: new Map(),
  openerFor: () => ({ open: asItIs }),
  expectPeer: nothing,
  addPeer: nothing,
  removePeer: nothing,
  receive: nothing,
  describeOffer: (sdp) => sdp,
  acceptOffer: (_, sdp) => sdp,
  describeAnswer: (sdp) => sdp,
  acceptAnswer: (_, sdp) => sdp,
  announce: nothing,
  acceptAnnouncement: nothing,
  close: nothing,
};
