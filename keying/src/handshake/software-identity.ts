import { ed25519 } from '@noble/curves/ed25519.js';
import type { Secret } from '../secret.ts';
import type { Identity } from './handshake-ports.ts';

/** Of an Ed25519 private key (RFC 8032 section 5.1.5), in bytes. */
export const identitySeedBytes = 32;

/**
 * An Ed25519 identity computed here, for engines whose WebCrypto has none. The seed is lent for as
 * long as the identity signs: its owner wipes it, and signing fails from then on.
 * @throws RangeError for a seed of another length.
 */
export function softwareIdentity(seed: Secret): Identity {
  if (seed.length !== identitySeedBytes) throw new RangeError('an Ed25519 seed has 32 bytes');
  return {
    publicKey: seed.use((bytes) => ed25519.getPublicKey(bytes)),
    // In a step of its own: a wiped seed is a signature that fails, not an exception here.
    sign: (message) =>
      Promise.resolve().then(() => seed.use((bytes) => ed25519.sign(message, bytes))),
  };
}
