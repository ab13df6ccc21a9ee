import type { SuiteRow } from '../sdes/suites.ts';
import { AesCounterMode, blockBytes } from './aes-counter-mode.ts';

/** RFC 3711 section 4.3.1 and 4.3.2. */
export const keyDerivationLabels = {
  srtp: { encryption: 0x00, authentication: 0x01, salt: 0x02 },
  srtcp: { encryption: 0x03, authentication: 0x04, salt: 0x05 },
} as const;

export type ProtectedStream = keyof typeof keyDerivationLabels;

/** Session keys of one stream. Whoever derived them wipes them. */
export interface SessionKeys {
  readonly encryptionKey: Uint8Array;
  /** Empty for AEAD suites. */
  readonly authenticationKey: Uint8Array;
  readonly salt: Uint8Array;
}

/** Salts are 14 bytes in the derivation; RFC 7714 section 11 fills shorter ones with zeros at the end. */
const kdfSaltBytes = 14;
/** x = key_id XOR master_salt, right-aligned: label || 48-bit index is 7 bytes, so the label meets byte 7. */
const labelOffset = 7;

/**
 * AES-CM pseudo-random function (RFC 3711 section 4.3.3; with a 256-bit key RFC 6188), for key
 * derivation rate 0, where the index part of key_id is zero.
 */
export class KeyDerivation {
  readonly #counterMode: AesCounterMode;
  readonly #salt = new Uint8Array(kdfSaltBytes);

  /** Copies what it needs; the caller still owns both. */
  constructor(masterKey: Uint8Array, masterSalt: Uint8Array) {
    this.#counterMode = new AesCounterMode(masterKey);
    this.#salt.set(masterSalt);
  }

  derive(label: number, length: number): Uint8Array {
    const iv = new Uint8Array(blockBytes);
    iv.set(this.#salt);
    iv[labelOffset] = (iv[labelOffset] ?? 0) ^ label;
    return this.#counterMode.crypt(iv, new Uint8Array(length));
  }

  wipe(): void {
    this.#counterMode.wipe();
    this.#salt.fill(0);
  }
}

/** @param keyAndSalt master key and salt, of the suite's lengths; lent for the call only. */
export function deriveSessionKeys(
  row: SuiteRow,
  keyAndSalt: Uint8Array,
  stream: ProtectedStream,
): SessionKeys {
  const labels = keyDerivationLabels[stream];
  const derivation = new KeyDerivation(
    keyAndSalt.subarray(0, row.keyBytes),
    keyAndSalt.subarray(row.keyBytes),
  );
  const keys = {
    encryptionKey: derivation.derive(labels.encryption, row.keyBytes),
    authenticationKey: derivation.derive(labels.authentication, row.authKeyBytes),
    salt: derivation.derive(labels.salt, row.saltBytes),
  };
  derivation.wipe();
  return keys;
}
