import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../../src/bytes.ts';
import { KeyingError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import {
  acceptAnnouncement,
  acceptAnswer,
  acceptOffer,
  addCryptoLines,
  cryptoSuites,
  keyAndSaltBytes,
  parseCryptoLine,
  serializeCryptoLine,
  takeCryptoLines,
} from '../../src/sdes/index.ts';
import type { CryptoAttribute, OwnKeys, SdesKey, SessionParameter } from '../../src/sdes/index.ts';

/** 1 to 128 bytes that are not all zero: an MKI is a positive integer (RFC 4568 section 6.1). */
const mki = fc
  .uint8Array({ minLength: 1, maxLength: 128 })
  .filter((bytes) => bytes.some((byte) => byte !== 0));

const parameter = fc.oneof(
  fc.record({ kind: fc.constant('kdr'), exponent: fc.integer({ min: 1, max: 24 }) }),
  fc.record({
    kind: fc.constantFrom('unencrypted-srtp', 'unencrypted-srtcp', 'unauthenticated-srtp'),
  }),
  fc.record({ kind: fc.constant('fec-order'), order: fc.constantFrom('FEC_SRTP', 'SRTP_FEC') }),
  fc.record({
    kind: fc.constant('window-size-hint'),
    packets: fc.integer({ min: 64, max: 999_999_999 }),
  }),
  fc.record({
    kind: fc.constant('extension'),
    text: fc.stringMatching(/^-[!-,.-~][!-~]{0,20}$/),
  }),
) as fc.Arbitrary<SessionParameter>;

const attribute: fc.Arbitrary<CryptoAttribute> = fc.constantFrom(...cryptoSuites).chain((suite) => {
  const length = keyAndSaltBytes(suite);
  const key = fc
    .tuple(
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.option(fc.integer({ min: 1, max: 2 ** 48 })),
      fc.option(mki),
    )
    .map(([keyAndSalt, lifetimePackets, identifier]): SdesKey => ({
      keyAndSalt: Secret.copy(keyAndSalt),
      ...(lifetimePackets === null ? {} : { lifetimePackets }),
      ...(identifier === null ? {} : { mki: identifier }),
    }));
  return fc.record({
    tag: fc.integer({ min: 0, max: 999_999_999 }),
    suite: fc.constant(suite as string),
    keys: key.map((only) => [only]),
    parameters: fc.uniqueArray(parameter, {
      selector: (chosen) => (chosen.kind === 'extension' ? chosen.text : chosen.kind),
      maxLength: 6,
    }),
  });
});

/** With the secrets opened, so that `toEqual` compares keys rather than their placeholders. */
function opened(line: CryptoAttribute): unknown {
  return {
    ...line,
    keys: line.keys.map((key) => ({ ...key, keyAndSalt: key.keyAndSalt.use(bytesToHex) })),
  };
}

const validLine = attribute.map(serializeCryptoLine);

/** A valid line with something changed: closer to the edges than random text. */
const mangledLine = fc
  .tuple(validLine, fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 4 }))
  .map(([line, at, removed, inserted]) => {
    const position = at % (line.length + 1);
    return line.slice(0, position) + inserted + line.slice(position + removed);
  });

const anyLine = fc.oneof(validLine, mangledLine, fc.string(), fc.string({ unit: 'binary' }));

function ownKeys(): OwnKeys {
  return new Map(
    cryptoSuites.map((suite, i) => [
      suite,
      Secret.take(new Uint8Array(keyAndSaltBytes(suite)).fill(200 + i)),
    ]),
  );
}

/** @returns undefined if `run` refused as it may; anything but a KeyingError comes through. */
function refusedOr<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof KeyingError) return undefined;
    throw error;
  }
}

describe('a=crypto', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(attribute, (line) => {
        expect(opened(parseCryptoLine(serializeCryptoLine(line)))).toEqual(opened(line));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses any other text with a KeyingError, or reads it to the same meaning again', () => {
    fc.assert(
      fc.property(anyLine, (text) => {
        const line = refusedOr(() => parseCryptoLine(text));
        if (line === undefined) return;
        expect(opened(parseCryptoLine(serializeCryptoLine(line)))).toEqual(opened(line));
      }),
      { numRuns: 2000 },
    );
  });

  it('negotiates with any lines, or refuses them with a KeyingError', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 5 }), (lines) => {
        const own = ownKeys();
        const accepted = refusedOr(() => acceptOffer(lines, own));
        if (accepted !== undefined) {
          const { remote, answerLine } = accepted;
          const answer = parseCryptoLine(answerLine);
          expect([answer.tag, answer.suite]).toEqual([remote.tag, remote.suite]);
        }
        refusedOr(() => acceptAnswer(lines, own));
        for (const line of lines) refusedOr(() => acceptAnnouncement(line, own));
      }),
      { numRuns: 500 },
    );
  });

  it('takes lines out of any text, or refuses it with a KeyingError', () => {
    const sdpLine = fc.oneof(
      anyLine,
      fc.constantFrom('v=0', 'm=audio 9 RTP/SAVP 0', 'm=audio 0 RTP/SAVP 0', 'm=video 9 RTP/AVP 1'),
    );
    fc.assert(
      fc.property(fc.array(sdpLine, { maxLength: 12 }), fc.array(validLine), (sdp, added) => {
        const text = sdp.join('\n');
        const taken = refusedOr(() => takeCryptoLines(text));
        if (taken !== undefined) {
          expect(refusedOr(() => takeCryptoLines(taken.sdp))?.lines ?? []).toEqual([]);
        }
        refusedOr(() => addCryptoLines(text, added));
      }),
      { numRuns: 500 },
    );
  });
});
