import type { KeyingErrorCode } from '../errors.ts';
import type { FrameOpener, FrameSealer } from '../frame-transform/frame-ports.ts';
import type { RandomBytes } from '../bytes.ts';
import type { EphemeralStock } from '../handshake/ephemeral-stock.ts';
import type { Identity, ShortAuthenticationString } from '../handshake/handshake-ports.ts';
import type { Secret } from '../secret.ts';

export type { Identity, ShortAuthenticationString };

/** Keys with one other participant. */
export type PeerKeyState =
  | { readonly kind: 'agreeing' }
  /** Confirmed by both. `identity`: their Ed25519 public key, 32 bytes. */
  | {
      readonly kind: 'secure';
      readonly sas: ShortAuthenticationString;
      readonly identity: Uint8Array;
    }
  /**
   * Confirmed by both as well, but not admitted: nothing of theirs opens, and they hold no key to
   * anything that is sealed. Ends with `admit`.
   */
  | {
      readonly kind: 'held';
      readonly sas: ShortAuthenticationString;
      readonly identity: Uint8Array;
    }
  /** Final for this pair: nothing of theirs opens, nothing sealed to them. */
  | { readonly kind: 'failed'; readonly code: KeyingErrorCode };

/** Time, passed in: this package has no clock. */
export interface Scheduler {
  /** Calls `run` once after `delayMs`; returns the cancellation. */
  after(delayMs: number, run: () => void): () => void;
}

/** What becomes of somebody whose handshake is confirmed: see `PeerKeyState`. */
export type Admission = 'admit' | 'hold';

export interface E2eeSessionOptions {
  readonly callId: string;
  readonly selfId: string;
  /** Place in the order given by the server; of two participants the higher initiates. Bound into the handshake. */
  readonly selfOrder: number;
  /**
   * 32 bytes from the invite link. Owned by the session, which wipes it. Undefined for a link without
   * one: whoever relays the handshake can then sit in between, until safety codes are compared.
   */
  readonly linkSecret: Secret | undefined;
  readonly identity: Identity;
  readonly random: RandomBytes;
  /** Key pairs drawn ahead; lent. Without it they are drawn when needed. */
  readonly ephemerals?: EphemeralStock | undefined;
  readonly scheduler: Scheduler;
  /**
   * Asked once per pair, when its handshake is confirmed and before any key is given.
   * `identity`: their Ed25519 public key, 32 bytes. Omitted: everyone is admitted.
   */
  readonly admission?: (peerId: string, identity: Uint8Array) => Admission;
  readonly onEnvelope: (to: string, kind: 'handshake' | 'sender-key', data: Uint8Array) => void;
  readonly onPeerState: (peerId: string, state: PeerKeyState) => void;
  /** Own sender key, at once and whenever something in it has changed. */
  readonly onSenderKey: (status: SenderKeyStatus) => void;
}

/** What asked for another key: someone came, someone went or failed, or the key was used long enough. */
export type KeyChange = 'join' | 'leave' | 'age';

/** The own sender key in use. */
export interface SenderKeyStatus {
  /** RFC 9605 section 5.1: base keys drawn before this one, ratchet steps taken since. */
  readonly generation: number;
  readonly step: number;
  /** Changes so far, those included that wait for acknowledgements. */
  readonly changes: Readonly<Record<KeyChange, number>>;
  readonly lastChange: KeyChange | undefined;
  /** Peers who have not acknowledged the newest key given to them, in the order in which they came. */
  readonly unacknowledged: readonly string[];
}

/** Envelopes that changed nothing, by reason. */
export interface RefusedEnvelopes {
  /** From nobody in this call. */
  readonly unknownSender: number;
  /** Not authentic, repeated, out of sequence, at the wrong time, or from someone whose handshake has failed. */
  readonly rejected: number;
}

/**
 * End-to-end keys of one call, without I/O. The relay may lose, repeat and reorder envelopes: flights
 * and keys are given again until the peer has answered them.
 */
export interface E2eeSession {
  /** Seals own frames from the first one on: the sender key is there before anyone holds it. */
  readonly sealer: FrameSealer;
  /** Stable per peer; rejects with `no-key` until that peer's sender key has arrived. */
  openerFor(peerId: string): FrameOpener;
  /** @returns whether the peer is new here. */
  addPeer(peer: { readonly peerId: string; readonly order: number }): boolean;
  /** The peer may have known nothing of this side until now: says again at once what is unanswered. */
  retry(peerId: string): void;
  /** Ends the hold on a peer (see `PeerKeyState`): they get a key that opens nothing sealed before. */
  admit(peerId: string): void;
  /** Forgets the peer and, if it held this side's key, changes to a fresh one for those who remain. */
  removePeer(peerId: string): void;
  /** Never throws for what came from outside: a bad envelope fails the pair or is counted. */
  receive(from: string, kind: 'handshake' | 'sender-key', data: Uint8Array): void;
  readonly refusedEnvelopes: RefusedEnvelopes;
  /** Wipes every key. Idempotent. */
  close(): void;
}

/**
 * SDES keys of one call (RFC 4568). Own lines carry the own key; a peer's line the key that opens
 * the peer's frames. Throws KeyingError `sdes-invalid` or `sdes-no-agreement`.
 */
export interface SdesSession {
  readonly sealer: FrameSealer;
  openerFor(peerId: string): FrameOpener;
  /** Direct call, offerer: one `a=crypto` line per suite offered, each with a key of its own. */
  offerLines(): readonly string[];
  /** Direct call, answerer: picks one line; returns the own line, which echoes tag and suite with another key. */
  acceptOffer(peerId: string, lines: readonly string[]): string;
  /** Direct call, offerer: the answer's only line. */
  acceptAnswer(peerId: string, lines: readonly string[]): void;
  /** Room: the own key for everyone who receives this sender. */
  announceLine(): string;
  /** Room: the key that a producer announced. */
  acceptAnnouncement(peerId: string, line: string): void;
  removePeer(peerId: string): void;
  close(): void;
}
