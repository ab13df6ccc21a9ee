import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../src/bytes.ts';
import { KeyingError } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';
import {
  acceptAnswer,
  acceptOffer,
  createOffer,
  parseCryptoLine,
  takeCryptoLines,
} from '../src/sdes/index.ts';
import type { CryptoSuite } from '../src/sdes/index.ts';
import { reportShared, sharedVectors } from './shared-vectors.ts';

interface SdesCases {
  readonly rfc_examples: readonly {
    readonly line: string;
    readonly tag: number;
    readonly suite: string;
    readonly keys: readonly { readonly key_salt_hex: string; readonly rest: string }[];
  }[];
  readonly must_reject: readonly { readonly why: string; readonly line: string }[];
  readonly must_accept: readonly { readonly why: string; readonly line: string }[];
}

const shared = sharedVectors<SdesCases>('rfc/rfc4568_sdes_cases.json');

const offered = new Map<CryptoSuite, Secret>([
  ['AES_CM_128_HMAC_SHA1_80', Secret.take(new Uint8Array(30).fill(1))],
]);
const answering = new Map<CryptoSuite, Secret>([
  ['AES_CM_128_HMAC_SHA1_80', Secret.take(new Uint8Array(30).fill(2))],
]);
const [offerLine = ''] = createOffer(offered);
const section = (media: string): string => `m=${media} 4000 RTP/SAVP 0\r\n${offerLine}\r\n`;

/** What the cases in parentheses describe, by their reason. */
const described: Readonly<Record<string, () => unknown>> = {
  'crypto at session level': () => takeCryptoLines(`v=0\r\n${offerLine}\r\n${section('audio')}`),
  'answer changes tag or suite': () => {
    const { answerLine } = acceptOffer([offerLine], answering);
    return acceptAnswer([answerLine.replace('_80', '_32')], offered);
  },
  'answer re-uses the offerer key': () => acceptAnswer([offerLine], offered),
  'accepted SAVP stream with no crypto line': () =>
    acceptAnswer(takeCryptoLines('v=0\r\nm=audio 4000 RTP/SAVP 0\r\n').lines, offered),
  'same inline key on two m= lines': () =>
    takeCryptoLines(`v=0\r\n${section('audio')}${section('video')}`),
};

describe.runIf(shared !== undefined)('shared RFC 4568 cases', () => {
  it('examples, must reject, must accept', () => {
    const { rfc_examples: examples, must_reject: reject, must_accept: accept } = shared!.data;
    for (const { line, tag, suite, keys } of examples) {
      const attribute = parseCryptoLine(line);
      expect([attribute.tag, attribute.suite]).toEqual([tag, suite]);
      const found = attribute.keys.map((key) => key.keyAndSalt.use(bytesToHex));
      expect(found).toEqual(keys.map((key) => key.key_salt_hex));
    }
    for (const { why, line } of reject) {
      const run = line.startsWith('a=') ? () => parseCryptoLine(line) : described[why]!;
      expect(run, why).toThrow(KeyingError);
    }
    for (const { why, line } of accept) {
      expect(() => parseCryptoLine(line), why).not.toThrow();
    }
    reportShared(shared!, examples.length + reject.length + accept.length);
  });
});
