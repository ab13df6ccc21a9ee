import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../src/bytes.ts';
import { KeyingError } from '../src/errors.ts';
import type { KeyingErrorCode } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';
import {
  acceptAnnouncement,
  acceptAnswer,
  acceptOffer,
  addCryptoLines,
  createOffer,
  cryptoSuites,
  keyAndSaltBytes,
  ownLine,
  parseCryptoLine,
  serializeCryptoLine,
  takeCryptoLines,
} from '../src/sdes/index.ts';
import type { CryptoSuite, OwnKeys } from '../src/sdes/index.ts';
import vectors from './vectors/rfc4568.json' with { type: 'json' };

function codeOf(run: () => unknown): KeyingErrorCode | 'nothing thrown' {
  try {
    run();
  } catch (error) {
    if (error instanceof KeyingError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

/** Keys of one side: each byte tells side and suite, so that all differ. */
function keysOf(side: number, suites: readonly CryptoSuite[] = cryptoSuites): OwnKeys {
  return new Map(
    suites.map((suite, i) => [
      suite,
      Secret.take(new Uint8Array(keyAndSaltBytes(suite)).fill(16 * side + i)),
    ]),
  );
}

describe('the crypto attribute', () => {
  it.each(vectors.examples)('example: $line', ({ line, tag, suite, keyAndSalt }) => {
    const attribute = parseCryptoLine(line);
    expect(attribute.tag).toBe(tag);
    expect(attribute.suite).toBe(suite);
    expect(attribute.keys.map((key) => key.keyAndSalt.use(bytesToHex))).toEqual(keyAndSalt);
    expect(serializeCryptoLine(attribute)).toBe(line);
  });

  it.each(vectors.reject)('refuses: $why ($section)', ({ line }) => {
    expect(codeOf(() => parseCryptoLine(line))).toBe('sdes-invalid');
  });

  it.each(vectors.accept)('accepts: $why ($section)', ({ line }) => {
    expect(codeOf(() => parseCryptoLine(line))).toBe('nothing thrown');
  });

  it('reads every field', () => {
    const attribute = parseCryptoLine(
      'a=crypto:7 aes_cm_128_hmac_sha1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1066:4 ' +
        'KDR=5 UNENCRYPTED_SRTP unencrypted_srtcp UNAUTHENTICATED_SRTP FEC_ORDER=SRTP_FEC ' +
        'FEC_KEY=inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5 WSH=128 -foo=Bar',
      { fec: 'separate-address' },
    );
    expect(attribute.tag).toBe(7);
    expect(attribute.suite).toBe('AES_CM_128_HMAC_SHA1_32');
    expect(attribute.keys[0]?.lifetimePackets).toBe(1048576);
    expect(attribute.keys[0]?.mki).toEqual(Uint8Array.of(0, 0, 0x04, 0x2a));
    expect(attribute.parameters.map(({ kind }) => kind)).toEqual([
      'kdr',
      'unencrypted-srtp',
      'unencrypted-srtcp',
      'unauthenticated-srtp',
      'fec-order',
      'fec-key',
      'window-size-hint',
      'extension',
    ]);
  });

  it('never tells a key in an error', () => {
    const key = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGV';
    for (const ending of ['*', '', 'z|0', 'z|1:129', 'z BACKDOOR']) {
      try {
        parseCryptoLine(`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}${ending}`);
        expect.unreachable();
      } catch (error) {
        expect(String((error as Error).stack)).not.toContain(key.slice(4, 12));
        expect((error as Error).cause).toBeUndefined();
      }
    }
  });
});

describe('offer and answer', () => {
  it('offers each suite with a key of its own, most preferred first', () => {
    const lines = createOffer(keysOf(1));
    const attributes = lines.map((line) => parseCryptoLine(line));
    expect(attributes.map(({ tag }) => tag)).toEqual([1, 2, 3, 4]);
    expect(attributes.map(({ suite }) => suite)).toEqual([...cryptoSuites]);
    expect(new Set(lines.map((line) => line.split('inline:')[1])).size).toBe(4);
  });

  it.each(cryptoSuites)('agrees on %s: tag and suite echoed, keys in both directions', (suite) => {
    const offerer = keysOf(1);
    const answerer = keysOf(2, [suite]);
    const { remote, answerLine } = acceptOffer(createOffer(offerer), answerer);
    const tag = cryptoSuites.indexOf(suite) + 1;
    expect(answerLine.startsWith(`a=crypto:${tag} ${suite} inline:`)).toBe(true);
    expect(remote.keys[0].keyAndSalt.use(bytesToHex)).toBe(offerer.get(suite)!.use(bytesToHex));
    const back = acceptAnswer([answerLine], offerer);
    expect(back.suite).toBe(suite);
    expect(back.keys[0].keyAndSalt.use(bytesToHex)).toBe(answerer.get(suite)!.use(bytesToHex));
  });

  it('takes the first valid supported line of the offer (section 5.1.2)', () => {
    const [first = '', second = ''] = createOffer(keysOf(1));
    const broken = first.replace('inline:', 'inline:AAAA');
    expect(acceptOffer([broken, second], keysOf(2)).remote.suite).toBe('AES_CM_128_HMAC_SHA1_32');
  });

  it('rejects an offer with nothing to accept', () => {
    expect(codeOf(() => acceptOffer([], keysOf(2)))).toBe('sdes-no-agreement');
    const gcm = createOffer(keysOf(1, ['AEAD_AES_128_GCM']));
    const cm = keysOf(2, ['AES_CM_128_HMAC_SHA1_80']);
    expect(codeOf(() => acceptOffer(gcm, cm))).toBe('sdes-no-agreement');
    expect(codeOf(() => acceptOffer(['a=crypto:1 x'], cm))).toBe('sdes-no-agreement');
  });

  it.each(['UNENCRYPTED_SRTP', 'UNENCRYPTED_SRTCP', 'UNAUTHENTICATED_SRTP', 'KDR=3'])(
    'agrees to no line with %s',
    (parameter) => {
      const own = keysOf(1, ['AES_CM_128_HMAC_SHA1_80']);
      const lines = createOffer(own).map((line) => `${line} ${parameter}`);
      expect(codeOf(() => acceptOffer(lines, keysOf(2)))).toBe('sdes-no-agreement');
      expect(codeOf(() => acceptAnswer(lines, keysOf(2)))).toBe('sdes-no-agreement');
      expect(codeOf(() => acceptAnnouncement(lines[0]!, keysOf(2)))).toBe('sdes-no-agreement');
    },
  );

  it('fails an accepted stream without a crypto line (sections 5.3 and 7.4)', () => {
    expect(codeOf(() => acceptAnswer([], keysOf(1)))).toBe('sdes-no-agreement');
  });

  it('refuses an answer that changes tag or suite, or has two lines', () => {
    const offerer = keysOf(1);
    const { answerLine } = acceptOffer(createOffer(offerer), keysOf(2));
    const otherTag = answerLine.replace('crypto:1', 'crypto:2');
    const otherSuite = answerLine.replace('_80', '_32');
    for (const lines of [[otherTag], [otherSuite], [answerLine, otherTag]]) {
      expect(codeOf(() => acceptAnswer(lines, offerer))).toBe('sdes-invalid');
    }
    const noSuchTag = answerLine.replace('crypto:1', 'crypto:0');
    expect(codeOf(() => acceptAnswer([noSuchTag], offerer))).toBe('sdes-invalid');
  });

  it('refuses an own key that comes back (section 7.1.2)', () => {
    const own = keysOf(1);
    const lines = createOffer(own);
    expect(codeOf(() => acceptAnswer([lines[0]!], own))).toBe('sdes-invalid');
    expect(codeOf(() => acceptOffer(lines, own))).toBe('sdes-invalid');
    expect(codeOf(() => acceptAnnouncement(lines[0]!, own))).toBe('sdes-invalid');
  });

  it('refuses an offer that repeats a tag or a key (sections 5.1.1 and 6.1)', () => {
    const [first = '', second = ''] = createOffer(keysOf(1));
    const sameTag = second.replace('crypto:2', 'crypto:1');
    expect(codeOf(() => acceptOffer([first, sameTag], keysOf(2)))).toBe('sdes-invalid');
    const sameKey = first.replace('crypto:1', 'crypto:9');
    expect(codeOf(() => acceptOffer([first, sameKey], keysOf(2)))).toBe('sdes-invalid');
  });
});

describe('lines in a session description', () => {
  const head = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
  const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n';
  const video = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n';
  const lines = createOffer(keysOf(1));

  it('go into the audio section and come out again', () => {
    const sdp = head + audio + video;
    const added = addCryptoLines(sdp, lines);
    expect(added).toBe(head + audio + lines.map((line) => `${line}\r\n`).join('') + video);
    expect(takeCryptoLines(added)).toEqual({ sdp, lines });
    expect(takeCryptoLines(added.replaceAll('\r\n', '\n'))).toEqual({ sdp, lines });
    expect(takeCryptoLines(sdp)).toEqual({ sdp, lines: [] });
  });

  it('are refused at session level (section 4)', () => {
    const sdp = `${head}${lines[0]!}\r\n${audio}`;
    expect(codeOf(() => takeCryptoLines(sdp))).toBe('sdes-invalid');
  });

  it('are refused if one key stands in two sections (section 6.1)', () => {
    const key = keysOf(1, ['AES_CM_128_HMAC_SHA1_80']).get('AES_CM_128_HMAC_SHA1_80')!;
    const line = ownLine({ tag: 3, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: key });
    const sdp = `${addCryptoLines(head + audio, lines)}${video}${line}\r\n`;
    expect(codeOf(() => takeCryptoLines(sdp))).toBe('sdes-invalid');
  });

  it('are not taken from a rejected stream', () => {
    const rejectedStream = addCryptoLines(head + audio.replace('audio 9', 'audio 0'), lines);
    expect(takeCryptoLines(rejectedStream).lines).toEqual([]);
  });

  it('need an audio section', () => {
    expect(codeOf(() => addCryptoLines(head + video, lines))).toBe('malformed');
  });
});
