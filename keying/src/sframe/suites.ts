/** SFrame cipher suites: RFC 9605 section 4.5 (constants) and 8.1 (numbers). Lengths in bytes. */

export const frameSuites = [
  'AES_128_CTR_HMAC_SHA256_80',
  'AES_128_CTR_HMAC_SHA256_64',
  'AES_128_CTR_HMAC_SHA256_32',
  'AES_128_GCM_SHA256_128',
  'AES_256_GCM_SHA512_128',
] as const;
export type FrameSuite = (typeof frameSuites)[number];

export interface FrameSuiteRow {
  /** RFC 9605 section 8.1. */
  readonly id: number;
  readonly hash: 'sha256' | 'sha512';
  readonly aead: 'aes-ctr-hmac' | 'aes-gcm';
  /** Nh: output of the hash, and length of a base key after a ratchet step. */
  readonly hashBytes: number;
  /** Nk: key of the AEAD; for CTR suites encryption and authentication key together. */
  readonly keyBytes: number;
  /** Nka: the encryption key inside it, CTR suites only; else equal to Nk. */
  readonly encryptionKeyBytes: number;
  /** Nn. */
  readonly nonceBytes: number;
  /** Nt. */
  readonly tagBytes: number;
}

const ctrHmac = {
  hash: 'sha256',
  aead: 'aes-ctr-hmac',
  hashBytes: 32,
  keyBytes: 48,
  encryptionKeyBytes: 16,
  nonceBytes: 12,
} as const;

/** RFC 9605 table 1 and table 2. */
export const frameSuiteTable: Readonly<Record<FrameSuite, FrameSuiteRow>> = {
  AES_128_CTR_HMAC_SHA256_80: { id: 1, ...ctrHmac, tagBytes: 10 },
  AES_128_CTR_HMAC_SHA256_64: { id: 2, ...ctrHmac, tagBytes: 8 },
  AES_128_CTR_HMAC_SHA256_32: { id: 3, ...ctrHmac, tagBytes: 4 },
  AES_128_GCM_SHA256_128: {
    id: 4,
    hash: 'sha256',
    aead: 'aes-gcm',
    hashBytes: 32,
    keyBytes: 16,
    encryptionKeyBytes: 16,
    nonceBytes: 12,
    tagBytes: 16,
  },
  AES_256_GCM_SHA512_128: {
    id: 5,
    hash: 'sha512',
    aead: 'aes-gcm',
    hashBytes: 64,
    keyBytes: 32,
    encryptionKeyBytes: 32,
    nonceBytes: 12,
    tagBytes: 16,
  },
};

/**
 * Shortest overhead with a tag long enough for speech, and a tag that depends on the key through
 * HMAC: one ciphertext cannot cheaply be made to open under two keys, as it can with GCM.
 */
export const defaultFrameSuite: FrameSuite = 'AES_128_CTR_HMAC_SHA256_80';
