/** ML-KEM-768 (FIPS 203) by Node's cryptography, on keys as the handshake carries them: raw. */
import { createPublicKey, encapsulate, type KeyObject } from 'node:crypto';

/** FIPS 203 table 3. */
export const kemKeyBytes = 1184;
/** RFC 9935 section 4: SubjectPublicKeyInfo of an ML-KEM-768 key, before its 1184 bytes. */
const publicKeyPrefix = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');

export interface Encapsulated {
  /** 1088 bytes. */
  readonly ciphertext: Uint8Array;
  /** 32 bytes. */
  readonly sharedKey: Uint8Array;
}

/** @returns 1184 bytes. */
export function rawKemKey(publicKey: KeyObject): Uint8Array {
  const encoded = publicKey.export({ type: 'spki', format: 'der' });
  return new Uint8Array(encoded.subarray(-kemKeyBytes));
}

/** @param rawKey  1184 bytes. @throws Error of node:crypto for anything else */
export function encapsulateTo(rawKey: Uint8Array): Encapsulated {
  const key = Buffer.concat([publicKeyPrefix, rawKey]);
  const made = encapsulate(createPublicKey({ key, type: 'spki', format: 'der' }));
  return {
    ciphertext: new Uint8Array(made.ciphertext),
    sharedKey: new Uint8Array(made.sharedKey),
  };
}
