import type { RandomBytes } from '../bytes.ts';
import type { KeyingMode } from '../mode.ts';
import type { Secret } from '../secret.ts';
import type { FrameSuite } from '../sframe/suites.ts';
import type { EphemeralStock } from './ephemeral-stock.ts';

/** This device's Ed25519 key. Asynchronous, because a browser's non-extractable key is. */
export interface Identity {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64-byte Ed25519 signature (RFC 8032). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The short authentication string of a pair: 4 emoji (24 bits) and two words (16 bits), equal on both screens. */
export interface ShortAuthenticationString {
  readonly emoji: readonly { readonly symbol: string; readonly name: string }[];
  readonly words: readonly string[];
}

export interface HandshakeOptions {
  readonly callId: string;
  readonly mode: KeyingMode;
  /** Suite of the frames that the keys will protect. Both sides must want the same one. */
  readonly suite: FrameSuite;
  readonly selfId: string;
  readonly peerId: string;
  /** 32 bytes from the invite link; undefined mixes 32 zero bytes in. Lent: the caller wipes it. */
  readonly linkSecret: Secret | undefined;
  readonly identity: Identity;
  readonly random: RandomBytes;
  /** Key pairs drawn ahead; lent. Without it they are drawn when needed. */
  readonly ephemerals?: EphemeralStock | undefined;
}

/** What both sides hold once each has confirmed. The caller owns and wipes the two keys. */
export interface Agreement {
  /** Seals envelopes to the peer, 32 bytes. */
  readonly wrapSend: Secret;
  /** Opens envelopes from the peer, 32 bytes. */
  readonly wrapReceive: Secret;
  readonly sas: ShortAuthenticationString;
  /** The peer's Ed25519 public key, 32 bytes: it signed this handshake. */
  readonly peerIdentity: Uint8Array;
}

export interface HandshakeStep {
  /** Bytes to relay to the peer. */
  readonly send: Uint8Array | undefined;
  /** Set by the last step. */
  readonly agreement: Agreement | undefined;
}

/** One side of one handshake. Nothing leads on from a failure: make another for another try. */
export interface Handshake {
  /**
   * Takes what the peer sent; one call at a time.
   * @throws KeyingError; the handshake is over and its secrets are wiped.
   */
  receive(flight: Uint8Array): Promise<HandshakeStep>;
  /** Wipes what is left. Idempotent. */
  close(): void;
}

/** The side that came later; speaks first. */
export interface InitiatorHandshake extends Handshake {
  /** The first flight. */
  start(): Uint8Array;
}
