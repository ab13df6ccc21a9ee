import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeKeyId,
  encodeHeader,
  encodeKeyId,
  frameCounterLimit,
  frameMetadata,
  frameSuites,
  frameSuiteTable,
  lastGeneration,
  lastRatchetStep,
  OpeningContext,
  parseHeader,
  ReceiverKeyring,
} from '../../src/sframe/index.ts';
import { ratchetBaseKey } from '../../src/sframe/key-schedule.ts';
import { Secret } from '../../src/secret.ts';
import { ascii, hkdf } from '../reference/web-hkdf.ts';
import {
  baseKeyOf,
  defaultSuite,
  keyring,
  metadata,
  origin,
  sealed,
  senderKey,
} from '../frame-keys.ts';

const payloads = fc.uint8Array({ maxLength: 300 });

describe('the header', () => {
  const field = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const anyField = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), field);

  it('comes back from its bytes', () => {
    fc.assert(
      fc.property(anyField, anyField, payloads, (kid, counter, rest) => {
        const bytes = encodeHeader({ kid, counter });
        const expected = { kid, counter, length: bytes.length };
        expect(parseHeader(Uint8Array.of(...bytes, ...rest))).toEqual(expected);
      }),
    );
  });

  it('is read in its shortest form only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const header = parseHeader(bytes);
        if (header === undefined) return;
        expect(bytes.subarray(0, header.length)).toEqual(encodeHeader(header));
      }),
      { numRuns: 2000 },
    );
    expect(parseHeader(Uint8Array.of(0x08, 0x07))).toBeUndefined();
    expect(parseHeader(Uint8Array.of(0x80, 0x00))).toBeUndefined();
    expect(parseHeader(Uint8Array.of(0x09, 0x00, 0xff))).toBeUndefined();
  });

  it('is refused when cut off', () => {
    const bytes = encodeHeader({ kid: 70_000n, counter: 2n ** 40n });
    for (let length = 0; length < bytes.length; length++) {
      expect(parseHeader(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('adds at most 14 bytes with tag in the default suite, in any generation up to 65536 frames of a step', () => {
    const tag = frameSuiteTable[defaultSuite].tagBytes;
    fc.assert(
      fc.property(fc.nat(lastGeneration), fc.nat(lastRatchetStep), (generation, step) => {
        const kid = encodeKeyId({ generation, step });
        expect(encodeHeader({ kid, counter: 65_535n }).length + tag).toBeLessThanOrEqual(14);
      }),
    );
  });
});

describe('the key id', () => {
  it('comes back from its number, the generation modulo 32', () => {
    fc.assert(
      fc.property(fc.nat(lastGeneration), fc.nat(lastRatchetStep), (generation, step) => {
        const expected = { generation: generation & 31, step };
        expect(decodeKeyId(encodeKeyId({ generation, step }))).toEqual(expected);
      }),
    );
    expect(decodeKeyId(256n)).toBeUndefined();
    expect(decodeKeyId(2n ** 32n)).toBeUndefined();
    expect(() => encodeKeyId({ generation: 0, step: lastRatchetStep + 1 })).toThrow(RangeError);
    expect(() => encodeKeyId({ generation: lastGeneration + 1, step: 0 })).toThrow(RangeError);
  });
});

describe.each(frameSuites)('%s', (suite) => {
  const runs = { numRuns: 30 };

  it('opens what it sealed, once', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const ring = keyring(suite);
        const frame = sealed(senderKey(suite), payload);
        expect(ring.open(frame)).toEqual({ ok: true, bytes: payload });
        expect(ring.open(frame)).toEqual({ ok: false, reason: 'replay' });
      }),
      runs,
    );
  });

  it('refuses any flipped bit, and then still opens the frame itself', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (payload, position) => {
        const ring = keyring(suite);
        const frame = sealed(senderKey(suite), payload);
        const bit = position % (frame.length * 8);
        const changed = frame.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(ring.open(changed).ok).toBe(false);
        expect(ring.open(frame).ok).toBe(true);
      }),
      runs,
    );
  });

  it('refuses a frame cut anywhere', () => {
    const frame = sealed(senderKey(suite), new Uint8Array(20));
    for (let length = 0; length < frame.length; length++) {
      expect(keyring(suite).open(frame.subarray(0, length)).ok).toBe(false);
    }
  });

  it.each([
    ['call', { ...origin, callId: 'elsewhere' }],
    ['sender', { ...origin, senderId: 'mallory' }],
    ['mode', { ...origin, mode: 'sdes' as const }],
    ['split between call and sender', { ...origin, callId: 'calla', senderId: 'lice' }],
  ])('refuses a frame of another %s', (_, other) => {
    const ring = new ReceiverKeyring({ suite, metadata: frameMetadata(other) });
    ring.install({ generation: 0, step: 0 }, Secret.take(baseKeyOf(suite)));
    expect(ring.open(sealed(senderKey(suite)))).toEqual({ ok: false, reason: 'auth' });
  });

  it('refuses a frame under another key, another KID of it, and an unknown one', () => {
    expect(keyring(suite, 0, 8).open(sealed(senderKey(suite)))).toMatchObject({ reason: 'auth' });
    expect(keyring(suite, 1).open(sealed(senderKey(suite)))).toMatchObject({ reason: 'no-key' });
    const moved = sealed(senderKey(suite)).map((byte, i) => (i === 0 ? byte | 0x10 : byte));
    expect(keyring(suite).open(moved)).toMatchObject({ reason: 'auth' });
  });

  it('opens nothing at random', () => {
    const ring = keyring(suite);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(ring.open(bytes).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('steps forward with the sender, who gives a newcomer nothing older', () => {
    const key = senderKey(suite);
    const present = keyring(suite);
    const before = sealed(key);
    key.ratchet();
    const newcomer = new ReceiverKeyring({ suite, metadata });
    newcomer.install(
      key.id,
      key.useBaseKey((bytes) => Secret.copy(bytes)),
    );
    const after = sealed(key);
    expect(newcomer.open(before)).toEqual({ ok: false, reason: 'no-key' });
    expect(newcomer.open(after).ok).toBe(true);
    expect(present.open(after).ok).toBe(true);
    // Late, but under the step before: still opens.
    expect(present.open(before).ok).toBe(true);
  });

  it('ratchets as the reference does', async () => {
    const hash = suite.includes('SHA512') ? 'SHA-512' : 'SHA-256';
    const ikm = baseKeyOf(suite);
    const salt = new Uint8Array(0);
    const length = frameSuiteTable[suite].hashBytes;
    const info = ascii('SFrame 1.0 Ratchet');
    expect(ratchetBaseKey(suite, ikm)).toEqual(await hkdf({ hash, ikm, salt, info, length }));
  });
});

describe('an opening context', () => {
  it('refuses a counter past the limit', () => {
    const context = new OpeningContext({
      suite: defaultSuite,
      kid: 0n,
      baseKey: baseKeyOf(defaultSuite),
      metadata,
    });
    const frame = Uint8Array.of(
      ...encodeHeader({ kid: 0n, counter: BigInt(frameCounterLimit) }),
      ...new Uint8Array(20),
    );
    expect(context.open(frame, parseHeader(frame)!)).toEqual({ ok: false, reason: 'malformed' });
  });
});
