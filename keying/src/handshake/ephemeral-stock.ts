import { x25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { RandomBytes } from '../bytes.ts';
import { Secret } from '../secret.ts';

/** For one handshake. Whoever takes it wipes `secretKey`. */
export interface EphemeralPair {
  readonly secretKey: Secret;
  readonly publicKey: Uint8Array;
}

/** RFC 7748 section 6.1: 32 bytes each. */
export function drawX25519(random: RandomBytes): EphemeralPair {
  const secretKey = Secret.take(random(32));
  return { secretKey, publicKey: secretKey.use((bytes) => x25519.getPublicKey(bytes)) };
}

/** FIPS 203, ML-KEM-768: 2400 and 1184 bytes. */
export function drawKem(random: RandomBytes): EphemeralPair {
  const seed = random(64);
  const { secretKey, publicKey } = ml_kem768.keygen(seed);
  seed.fill(0);
  return { secretKey: Secret.take(secretKey), publicKey };
}

/**
 * Ephemeral key pairs drawn while nobody waits for them, so that a handshake does not begin by
 * drawing. At most one of each kind, each given out once; what is not given out is wiped by `close`.
 */
export class EphemeralStock {
  readonly #random: RandomBytes;
  #x25519: EphemeralPair | undefined;
  #kem: EphemeralPair | undefined;
  #isClosed = false;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** Draws what is missing: a few milliseconds of work. Nothing after `close`. */
  refill(): void {
    if (this.#isClosed) return;
    this.#x25519 ??= drawX25519(this.#random);
    this.#kem ??= drawKem(this.#random);
  }

  takeX25519(): EphemeralPair {
    const pair = this.#x25519 ?? drawX25519(this.#random);
    this.#x25519 = undefined;
    return pair;
  }

  takeKem(): EphemeralPair {
    const pair = this.#kem ?? drawKem(this.#random);
    this.#kem = undefined;
    return pair;
  }

  /** Wipes what nobody took. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#x25519?.secretKey.wipe();
    this.#kem?.secretKey.wipe();
    this.#x25519 = undefined;
    this.#kem = undefined;
  }
}
