import { gcm } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import type { Outcome } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';
import { suiteRows } from '../src/sdes/index.ts';
import type { CryptoSuite } from '../src/sdes/index.ts';
import { AesCounterMode } from '../src/srtp/aes-counter-mode.ts';
import { AesCmHmacSha1 } from '../src/srtp/cipher-aes-cm-hmac-sha1.ts';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
  parseRtpHeader,
} from '../src/srtp/index.ts';
import { deriveSessionKeys, KeyDerivation } from '../src/srtp/key-derivation.ts';
import { guessPacketIndex, packetIndex, rollOverCounterOf } from '../src/srtp/packet-index.ts';
import { reportShared, sharedVectors } from './shared-vectors.ts';

interface Rfc3711 {
  readonly B2_AES_CM: {
    readonly session_key: string;
    readonly session_salt_shifted: string;
    readonly keystream_octets: number;
    readonly keystream: Readonly<Record<string, string>>;
    readonly sha256_of_whole_keystream_computed_here: string;
  };
  readonly B3_KDF: Readonly<Record<string, string>>;
  readonly A_index_cases_computed_here: readonly {
    readonly s_l: number;
    readonly roc: number;
    readonly seq: number;
    readonly v: number;
  }[];
}
type Arrays = Readonly<Record<string, string>>;
interface AesGcmGroup {
  readonly ivSize: number;
  readonly tagSize: number;
  readonly tests: readonly {
    readonly tcId: number;
    readonly key: string;
    readonly iv: string;
    readonly aad: string;
    readonly msg: string;
    readonly ct: string;
    readonly tag: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

const rfc3711 = sharedVectors<Rfc3711>('rfc/rfc3711_vectors.json');
const packets = sharedVectors<Readonly<Record<string, Arrays>>>('libsrtp/srtp_driver_kats.json');
const ciphers = sharedVectors<{ readonly arrays: Arrays }>('libsrtp/cipher_test_cases.json');
const macs = sharedVectors<{ readonly arrays: Arrays }>('libsrtp/auth_test_cases.json');
const aesGcm = sharedVectors<{ readonly testGroups: readonly AesGcmGroup[] }>(
  'wycheproof/aes_gcm_test.json',
);

const hex = (text: string | undefined): Uint8Array => hexToBytes(text!.toLowerCase());
const hexOf = (outcome: Outcome): string =>
  outcome.ok ? bytesToHex(outcome.bytes) : outcome.reason;

describe.runIf(rfc3711 !== undefined)('shared RFC 3711', () => {
  it('keystream, key derivation and packet index', () => {
    const { B2_AES_CM: cm, B3_KDF: kdf, A_index_cases_computed_here: cases } = rfc3711!.data;
    let ran = 0;
    const stream = new AesCounterMode(hex(cm.session_key)).crypt(
      hex(cm.session_salt_shifted),
      new Uint8Array(cm.keystream_octets),
    );
    for (const [block, bytes] of Object.entries(cm.keystream)) {
      const offset = 16 * Number.parseInt(block, 16);
      expect(stream.subarray(offset, offset + 16)).toEqual(hex(bytes));
      ran++;
    }
    expect(bytesToHex(sha256(stream))).toBe(cm.sha256_of_whole_keystream_computed_here);
    ran++;
    const derivation = new KeyDerivation(hex(kdf['master_key']), hex(kdf['master_salt']));
    for (const [name, bytes] of Object.entries(kdf)) {
      const label = /label(\d\d)/.exec(name)?.[1];
      if (label === undefined) continue;
      expect(derivation.derive(Number(label), bytes.length / 2)).toEqual(hex(bytes));
      ran++;
    }
    for (const { s_l, roc, seq, v } of cases) {
      const guess = rollOverCounterOf(guessPacketIndex(packetIndex(roc, s_l), seq));
      expect((guess + 2 ** 32) % 2 ** 32).toBe(v);
      ran++;
    }
    reportShared(rfc3711!, ran);
  });
});

describe.runIf(packets !== undefined)('shared libsrtp packets', () => {
  const data: Readonly<Record<string, Arrays>> = packets?.data ?? {};
  const globals = data['globals'] ?? {};

  it('of suites that are ours, both ways', () => {
    const aesCmKey = globals['test_key']!.slice(0, 60);
    const cases: readonly [string, CryptoSuite, string, string | undefined][] = [
      ['srtp_validate', 'AES_CM_128_HMAC_SHA1_80', aesCmKey, undefined],
      ['srtp_validate_mki', 'AES_CM_128_HMAC_SHA1_80', aesCmKey, globals['test_mki_id']],
      ['srtp_validate_gcm', 'AEAD_AES_128_GCM', globals['test_key_gcm']!, undefined],
    ];
    for (const [name, suite, keyAndSalt, mki] of cases) {
      const known = data[name]!;
      const rtp = known['srtp_plaintext_ref'] ?? known['rtp_plaintext_ref']!;
      const key = {
        keyAndSalt: Secret.take(hex(keyAndSalt)),
        ...(mki === undefined ? {} : { mki: hex(mki) }),
      };
      const sealed = createSrtpSender({ suite, key }).protect(hex(rtp));
      expect(hexOf(sealed)).toBe(known['srtp_ciphertext']);
      const receiver = createSrtpReceiver({ suite, keys: [key] });
      expect(hexOf(receiver.unprotect(hex(known['srtp_ciphertext'])))).toBe(rtp);
      const rtcp = known['rtcp_plaintext_ref']!;
      const sealedRtcp = createSrtcpSender({ suite, key, initialIndex: 1 }).protect(hex(rtcp));
      expect(hexOf(sealedRtcp)).toBe(known['srtcp_ciphertext']);
      const rtcpReceiver = createSrtcpReceiver({ suite, keys: [key] });
      expect(hexOf(rtcpReceiver.unprotect(hex(known['srtcp_ciphertext'])))).toBe(rtcp);
    }
    reportShared(packets!, 4 * cases.length);
  });

  it('of 192 and 256-bit AES-CM, whose key derivation AEAD_AES_256_GCM shares', () => {
    const cases = [
      ['srtp_validate_aes_192', 24, data['srtp_validate_aes_192']!['aes_192_test_key']!],
      ['srtp_validate_aes_256', 32, data['srtp_validate_aes_256']!['aes_256_test_key']!],
    ] as const;
    for (const [name, keyBytes, keyAndSalt] of cases) {
      const row = { ...suiteRows.AES_CM_128_HMAC_SHA1_80, keyBytes };
      const keys = deriveSessionKeys(row, hex(keyAndSalt), 'srtp');
      const cipher = new AesCmHmacSha1({ keys, tagBytes: 10, mki: new Uint8Array() });
      const packet = hex(data[name]!['srtp_plaintext_ref']);
      const header = parseRtpHeader(packet)!;
      const position = { ...header, index: header.sequenceNumber };
      const sealed = data[name]!['srtp_ciphertext']!;
      expect(bytesToHex(cipher.sealRtp(packet, position))).toBe(sealed);
      expect(cipher.openRtp(hex(sealed), position)).toEqual(packet);
    }
    reportShared(packets!, 2 * cases.length);
  });
});

describe.runIf(ciphers !== undefined)('shared libsrtp ciphers', () => {
  it('AES-CM and AES-GCM', () => {
    const { arrays } = ciphers!.data;
    const names = Object.keys(arrays).filter((name) => name.endsWith('_key'));
    for (const name of names) {
      const field = (suffix: string): Uint8Array =>
        hex(arrays[name.replace(/_key$/, `_${suffix}`)]);
      const keyAndSalt = field('key');
      if (name.includes('_icm_')) {
        const key = keyAndSalt.subarray(0, -14);
        const iv = field('nonce');
        keyAndSalt.subarray(-14).forEach((byte, i) => (iv[i] = (iv[i] ?? 0) ^ byte));
        expect(new AesCounterMode(key).crypt(iv, field('plaintext'))).toEqual(field('ciphertext'));
      } else {
        const cipher = gcm(keyAndSalt.subarray(0, -12), field('iv'), field('aad'));
        expect(cipher.encrypt(field('plaintext'))).toEqual(field('ciphertext'));
      }
    }
    reportShared(ciphers!, names.length);
  });
});

describe.runIf(macs !== undefined)('shared libsrtp MACs', () => {
  it('HMAC-SHA1', () => {
    const { arrays } = macs!.data;
    const names = Object.keys(arrays).filter((name) => name.endsWith('_key'));
    for (const name of names) {
      const field = (suffix: string): Uint8Array =>
        hex(arrays[name.replace(/_key$/, `_${suffix}`)]);
      expect(hmac(sha1, field('key'), field('data'))).toEqual(field('tag'));
    }
    reportShared(macs!, names.length);
  });
});

describe.runIf(aesGcm !== undefined)('shared Wycheproof AES-GCM', () => {
  it('96-bit nonces, as RFC 7714 uses them', () => {
    let ran = 0;
    for (const group of aesGcm!.data.testGroups) {
      if (group.ivSize !== 96 || group.tagSize !== 128) continue;
      for (const test of group.tests) {
        const cipher = (): ReturnType<typeof gcm> =>
          gcm(hex(test.key), hex(test.iv), hex(test.aad));
        const sealed = hex(test.ct + test.tag);
        if (test.result === 'valid') {
          expect(cipher().encrypt(hex(test.msg)), `case ${test.tcId}`).toEqual(sealed);
          expect(cipher().decrypt(sealed), `case ${test.tcId}`).toEqual(hex(test.msg));
        } else {
          expect(() => cipher().decrypt(sealed), `case ${test.tcId}`).toThrow();
        }
        ran++;
      }
    }
    reportShared(aesGcm!, ran);
  });
});
