/** Keys from a base key: RFC 9605 section 4.4.2, and its ratchet: section 5.1. */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '../bytes.ts';
import { expand, extract, type Hash } from '../hkdf.ts';
import { frameSuiteTable } from './suites.ts';
import type { FrameSuite, FrameSuiteRow } from './suites.ts';

/**
 * HKDF labels, each used for one purpose: the key that protects frames says nothing about the next
 * base key, because the two come from different labels.
 */
const frameLabels = {
  key: utf8ToBytes('SFrame 1.0 Secret key '),
  salt: utf8ToBytes('SFrame 1.0 Secret salt '),
  ratchet: utf8ToBytes('SFrame 1.0 Ratchet'),
} as const;

const noSalt = new Uint8Array(0);

export interface FrameKeys {
  /** Nk bytes. */
  readonly key: Uint8Array;
  /** Nn bytes, XORed with the counter. */
  readonly salt: Uint8Array;
}

export function deriveFrameKeys(suite: FrameSuite, kid: bigint, baseKey: Uint8Array): FrameKeys {
  const row = frameSuiteTable[suite];
  const hash = hashOf(row);
  const secret = extract(hash, baseKey, noSalt);
  const suffix = kidAndSuite(kid, row.id);
  const key = expand(hash, secret, {
    info: concatBytes(frameLabels.key, suffix),
    length: row.keyBytes,
  });
  const salt = expand(hash, secret, {
    info: concatBytes(frameLabels.salt, suffix),
    length: row.nonceBytes,
  });
  secret.fill(0);
  return { key, salt };
}

/** The base key one step on, Nh bytes. Cannot be undone: a newcomer with it opens nothing older. */
export function ratchetBaseKey(suite: FrameSuite, baseKey: Uint8Array): Uint8Array {
  const row = frameSuiteTable[suite];
  const hash = hashOf(row);
  const secret = extract(hash, baseKey, noSalt);
  const next = expand(hash, secret, { info: frameLabels.ratchet, length: row.hashBytes });
  secret.fill(0);
  return next;
}

function hashOf(row: FrameSuiteRow): Hash {
  switch (row.hash) {
    case 'sha256':
      return sha256;
    case 'sha512':
      return sha512;
  }
}

/** KID in 8 bytes, not in its short form, and suite in 2. */
function kidAndSuite(kid: bigint, suiteId: number): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, kid);
  view.setUint16(8, suiteId);
  return bytes;
}
