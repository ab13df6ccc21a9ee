/** Keys of one handshake: HKDF-SHA256 (RFC 5869), salted by the transcript. */
import { x25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { pinnedBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { expand, extract, hmac } from '../hkdf.ts';
import type { Secret } from '../secret.ts';
import { handshakeLabels } from './labels.ts';

const keyBytes = 32;
export const linkSecretBytes = 32;

export interface HandshakeSecrets {
  /** 32 bytes, `transcriptHash`. */
  readonly transcript: Uint8Array;
  /** X25519 result, 32 bytes. */
  readonly x25519: Uint8Array;
  /** ML-KEM-768 shared secret, 32 bytes. */
  readonly kem: Uint8Array;
  readonly linkSecret: Secret | undefined;
}

/** 32 bytes each. */
export interface HandshakeKeys {
  readonly confirmInitiator: Uint8Array;
  readonly confirmResponder: Uint8Array;
  readonly wrapToResponder: Uint8Array;
  readonly wrapToInitiator: Uint8Array;
}

/** Wipes the two shared secrets it was given: nothing else needs them. */
export function deriveHandshakeKeys(secrets: HandshakeSecrets): HandshakeKeys {
  const input = pinnedBytes(secrets.x25519.length + secrets.kem.length + linkSecretBytes);
  input.set(secrets.x25519);
  input.set(secrets.kem, secrets.x25519.length);
  secrets.linkSecret?.use((bytes) => input.set(bytes, input.length - linkSecretBytes));
  const prk = extract(sha256, input, secrets.transcript);
  const keyFor = (label: Uint8Array): Uint8Array =>
    expand(sha256, prk, { info: label, length: keyBytes });
  const keys = {
    confirmInitiator: keyFor(handshakeLabels.confirmInitiator),
    confirmResponder: keyFor(handshakeLabels.confirmResponder),
    wrapToResponder: keyFor(handshakeLabels.wrapToResponder),
    wrapToInitiator: keyFor(handshakeLabels.wrapToInitiator),
  };
  for (const secret of [input, prk, secrets.x25519, secrets.kem]) secret.fill(0);
  return keys;
}

export function wipeHandshakeKeys(keys: HandshakeKeys): void {
  keys.confirmInitiator.fill(0);
  keys.confirmResponder.fill(0);
  keys.wrapToResponder.fill(0);
  keys.wrapToInitiator.fill(0);
}

/**
 * X25519 (RFC 7748 section 5), 32 bytes.
 * @throws KeyingError `low-order-point`: an all-zero result, which the peer would have whatever
 * this side's key is (section 6.1).
 */
export function agreeX25519(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  let shared: Uint8Array;
  try {
    shared = x25519.getSharedSecret(secretKey, publicKey);
  } catch (cause) {
    throw new KeyingError('low-order-point', 'X25519 value of low order', { cause });
  }
  // @noble refuses it too; this line does not depend on that.
  if (shared.every((byte) => byte === 0)) {
    throw new KeyingError('low-order-point', 'X25519 value of low order');
  }
  return shared;
}

/** HMAC-SHA256 over transcript and signature, so that neither can be exchanged alone. 32 bytes. */
export function confirmationMac(
  key: Uint8Array,
  { transcript, signature }: { readonly transcript: Uint8Array; readonly signature: Uint8Array },
): Uint8Array {
  return hmac(sha256, key, transcript, signature);
}
