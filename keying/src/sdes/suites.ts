/**
 * The SRTP crypto suites of RFC 4568 section 6.2 and RFC 7714 section 14.1: one row each. Lengths,
 * limits and layout are stated here and nowhere else.
 */

/** In the order in which they are offered: RFC 4568 section 5.1.1, most preferred first. */
export const cryptoSuites = [
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
  'AEAD_AES_128_GCM',
  'AEAD_AES_256_GCM',
] as const;
export type CryptoSuite = (typeof cryptoSuites)[number];

/** RFC 3711 sections 4.1.1 and 4.2.1; RFC 7714. */
export type SuiteCipher = 'aes-cm-hmac-sha1' | 'aead-aes-gcm';

export interface SuiteRow {
  readonly suite: CryptoSuite;
  readonly cipher: SuiteCipher;
  /** Of the master key; the session encryption key is as long. */
  readonly keyBytes: number;
  /** Of the master salt; the session salt is as long. */
  readonly saltBytes: number;
  /** Session authentication key (label 1 and 4); 0 where the cipher authenticates by itself. */
  readonly authKeyBytes: number;
  readonly srtpTagBytes: number;
  readonly srtcpTagBytes: number;
}

/** A master key protects at most this many SRTP packets (RFC 3711 section 9.2, RFC 7714 section 14.1). */
export const maxSrtpPackets = 2 ** 48;
/** A master key protects at most this many SRTCP packets (RFC 3711 section 9.2, RFC 7714 section 14.1). */
export const maxSrtcpPackets = 2 ** 31;

const aesCm = {
  cipher: 'aes-cm-hmac-sha1',
  keyBytes: 16,
  saltBytes: 14,
  authKeyBytes: 20,
} as const;
const aesGcm = {
  cipher: 'aead-aes-gcm',
  saltBytes: 12,
  authKeyBytes: 0,
  srtpTagBytes: 16,
  srtcpTagBytes: 16,
} as const;

export const suiteRows: Readonly<Record<CryptoSuite, SuiteRow>> = {
  AES_CM_128_HMAC_SHA1_80: {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    ...aesCm,
    srtpTagBytes: 10,
    srtcpTagBytes: 10,
  },
  // RFC 4568 section 6.2: only the SRTP tag is short; SRTCP keeps 80 bits.
  AES_CM_128_HMAC_SHA1_32: {
    suite: 'AES_CM_128_HMAC_SHA1_32',
    ...aesCm,
    srtpTagBytes: 4,
    srtcpTagBytes: 10,
  },
  AEAD_AES_128_GCM: { suite: 'AEAD_AES_128_GCM', ...aesGcm, keyBytes: 16 },
  AEAD_AES_256_GCM: { suite: 'AEAD_AES_256_GCM', ...aesGcm, keyBytes: 32 },
};

/** Length of `key||salt`, as it stands behind `inline:`. */
export function keyAndSaltBytes(suite: CryptoSuite): number {
  return suiteRows[suite].keyBytes + suiteRows[suite].saltBytes;
}

/** Finds a suite by its name in any case (RFC 4568 section 4: values are case-insensitive). */
export function findSuite(name: string): CryptoSuite | undefined {
  const upperCase = name.toUpperCase();
  return cryptoSuites.find((suite) => suite === upperCase);
}
