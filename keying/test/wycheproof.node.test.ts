/** Project Wycheproof's vectors for the handshake's primitives, where they are present. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { expand, extract } from '../src/hkdf.ts';
import { agreeX25519 } from '../src/handshake/key-schedule.ts';
import { reportShared, sharedVectors } from './shared-vectors.ts';

interface Case {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

interface File<G> {
  readonly testGroups: readonly G[];
}

interface X25519Case extends Case {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

interface HkdfCase extends Case {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

interface Ed25519Group {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly (Case & { readonly msg: string; readonly sig: string })[];
}

const x25519 = sharedVectors<File<{ readonly tests: readonly X25519Case[] }>>(
  'wycheproof/x25519_test.json',
);
const hkdf = sharedVectors<File<{ readonly tests: readonly HkdfCase[] }>>(
  'wycheproof/hkdf_sha256_test.json',
);
const signatures = sharedVectors<File<Ed25519Group>>('wycheproof/ed25519_test.json');

describe('Wycheproof', () => {
  it.skipIf(x25519 === undefined)('X25519, low-order values refused', () => {
    if (x25519 === undefined) return;
    let lowOrder = 0;
    const tests = x25519.data.testGroups.flatMap((group) => group.tests);
    for (const test of tests) {
      const agree = (): string =>
        bytesToHex(agreeX25519(hexToBytes(test.private), hexToBytes(test.public)));
      if (test.flags.includes('ZeroSharedSecret')) {
        lowOrder++;
        expect(agree, `case ${test.tcId}`).toThrow(
          expect.objectContaining({ code: 'low-order-point' }),
        );
      } else {
        expect(agree(), `case ${test.tcId}`).toBe(test.shared);
      }
    }
    expect(lowOrder).toBe(31);
    reportShared(x25519, tests.length);
  });

  it.skipIf(hkdf === undefined)('HKDF-SHA256', () => {
    if (hkdf === undefined) return;
    const tests = hkdf.data.testGroups.flatMap((group) => group.tests);
    for (const test of tests) {
      const derive = (): string => {
        const prk = extract(sha256, hexToBytes(test.ikm), hexToBytes(test.salt));
        return bytesToHex(expand(sha256, prk, { info: hexToBytes(test.info), length: test.size }));
      };
      if (test.result === 'invalid') expect(derive, `case ${test.tcId}`).toThrow();
      else expect(derive(), `case ${test.tcId}`).toBe(test.okm);
    }
    reportShared(hkdf, tests.length);
  });

  it.skipIf(signatures === undefined)('Ed25519, as the handshake verifies', () => {
    if (signatures === undefined) return;
    let ran = 0;
    for (const { publicKey, tests } of signatures.data.testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        ran++;
        const isValid = verify(hexToBytes(sig), hexToBytes(msg), hexToBytes(publicKey.pk));
        expect(isValid, `case ${tcId}`).toBe(result === 'valid');
      }
    }
    reportShared(signatures, ran);
  });
});

/** A signature of another length never reaches the verifier: the message parser fixes it at 64. */
function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}
