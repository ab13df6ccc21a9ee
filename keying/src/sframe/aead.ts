import type { FrameSuite } from './suites.ts';
import { frameSuiteTable } from './suites.ts';
import { createCtrHmac } from './ctr-hmac.ts';
import { createGcm } from './gcm.ts';

/** The AEAD of one suite under one key (RFC 9605 section 4.4). Synchronous; keeps the key schedule. */
export interface Aead {
  /**
   * Writes ciphertext and tag to `out`, which is `plaintext.length + tagBytes` long and may not
   * overlap the inputs. The caller never repeats a nonce.
   */
  seal(input: SealInput, out: Uint8Array): void;
  /** The plaintext in a fresh array; undefined if the tag does not verify. */
  open(input: OpenInput): Uint8Array | undefined;
  /** Overwrites the key. */
  wipe(): void;
}

export interface SealInput {
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  /** Associated data: SFrame header and metadata. */
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
}

export interface OpenInput {
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  /** Ciphertext followed by the tag. */
  readonly sealed: Uint8Array;
}

/** @param key Nk bytes, copied. */
export function createAead(suite: FrameSuite, key: Uint8Array): Aead {
  const row = frameSuiteTable[suite];
  if (key.length !== row.keyBytes)
    throw new RangeError(`${suite} takes a ${row.keyBytes}-byte key`);
  switch (row.aead) {
    case 'aes-ctr-hmac':
      return createCtrHmac(row, key);
    case 'aes-gcm':
      return createGcm(row, key);
  }
}
