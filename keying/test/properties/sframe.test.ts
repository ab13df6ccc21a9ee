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
  framesUntilWipe,
  generationsKept,
  lastGeneration,
  lastRatchetStep,
  OpeningContext,
  parseHeader,
  ReceiverKeyring,
  SealingContext,
  SenderKey,
} from '../../src/sframe/index.ts';
import type { FrameOrigin, FrameSuite } from '../../src/sframe/index.ts';
import { ratchetBaseKey } from '../../src/sframe/key-schedule.ts';
import { Secret } from '../../src/secret.ts';
import { ascii, hkdf } from '../reference/web-hkdf.ts';

const origin: FrameOrigin = { callId: 'call', senderId: 'alice', mode: 'e2ee' };
const metadata = frameMetadata(origin);
const defaultSuite = frameSuites[0];
const payloads = fc.uint8Array({ maxLength: 300 });

function baseKeyOf(suite: FrameSuite, fill = 7): Uint8Array {
  return new Uint8Array(frameSuiteTable[suite].hashBytes).fill(fill);
}

function senderKey(suite: FrameSuite, generation = 0, fill = 7): SenderKey {
  return new SenderKey({
    suite,
    metadata,
    generation,
    baseKey: Secret.take(baseKeyOf(suite, fill)),
  });
}

function keyring(suite: FrameSuite, generation = 0, fill = 7): ReceiverKeyring {
  const ring = new ReceiverKeyring({ suite, metadata });
  ring.install({ generation, step: 0 }, Secret.take(baseKeyOf(suite, fill)));
  return ring;
}

function sealed(
  key: { seal(payload: Uint8Array): { ok: boolean } },
  payload = Uint8Array.of(1, 2),
) {
  const outcome = key.seal(payload) as { ok: boolean; bytes?: Uint8Array };
  if (outcome.bytes === undefined) throw new Error('not sealed');
  return outcome.bytes;
}

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

describe('a sending context', () => {
  it('stops at its limit instead of repeating a counter', () => {
    const limited = new SealingContext({
      suite: defaultSuite,
      kid: 0n,
      baseKey: baseKeyOf(defaultSuite),
      metadata,
      counterLimit: 3,
    });
    const counters = [0, 1, 2].map(() => parseHeader(sealed(limited))!.counter);
    expect(counters).toEqual([0n, 1n, 2n]);
    for (let i = 0; i < 3; i++) {
      expect(limited.seal(new Uint8Array(1))).toEqual({ ok: false, reason: 'exhausted' });
    }
  });

  it('uses each counter once under each key, over joins and fresh generations', () => {
    const seen = new Set<string>();
    for (const generation of [0, 1, 2]) {
      const key = senderKey(defaultSuite, generation, generation);
      for (let step = 0; step <= lastRatchetStep; step++) {
        for (let i = 0; i < 20; i++) {
          const { kid, counter } = parseHeader(sealed(key))!;
          seen.add(`${kid}:${counter}`);
        }
        if (key.canRatchet) key.ratchet();
      }
    }
    expect(seen.size).toBe(3 * (lastRatchetStep + 1) * 20);
  });

  it('seals one payload differently every time', () => {
    const key = senderKey(defaultSuite);
    const frames = Array.from({ length: 50 }, () =>
      sealed(key, new Uint8Array(16)).slice(1).join(),
    );
    expect(new Set(frames).size).toBe(50);
  });

  it('leaves no byte of the payload in clear, the first ones included', () => {
    const key = senderKey(defaultSuite);
    const payload = new Uint8Array(40).fill(0x78);
    const bodies = Array.from({ length: 50 }, () => {
      const frame = sealed(key, payload);
      return frame.subarray(parseHeader(frame)!.length);
    });
    for (let at = 0; at < payload.length; at++) {
      expect(new Set(bodies.map((body) => body[at])).size, `byte ${at}`).toBeGreaterThan(10);
    }
  });

  it('takes no further step after the last', () => {
    const key = senderKey(defaultSuite);
    for (let step = 0; step < lastRatchetStep; step++) key.ratchet();
    expect(() => key.ratchet()).toThrow(RangeError);
  });

  it('derives frame key and next base key from different labels', async () => {
    // An implementation once used the same HKDF inputs for both.
    const baseKey = baseKeyOf(defaultSuite);
    const next = ratchetBaseKey(defaultSuite, baseKey);
    const info = Uint8Array.of(...ascii('SFrame 1.0 Secret key '), 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const salt = new Uint8Array(0);
    const key = await hkdf({ hash: 'SHA-256', ikm: baseKey, salt, info, length: 48 });
    expect(key.slice(0, 32)).not.toEqual(next);
    expect(key.slice(16)).not.toEqual(next);
  });
});

describe('a keyring', () => {
  it('opens frames in any order within the window, each once, and none older', () => {
    const key = senderKey(defaultSuite);
    const frames = Array.from({ length: 1100 }, () => sealed(key));
    const ring = keyring(defaultSuite);
    expect(ring.open(frames[1099]!).ok).toBe(true);
    expect(ring.open(frames[75]!)).toEqual({ ok: false, reason: 'too-old' });
    expect(ring.open(frames[76]!).ok).toBe(true);
    expect(ring.open(frames[76]!)).toEqual({ ok: false, reason: 'replay' });
  });

  it('is not frozen by a forged frame with the largest counter or step', () => {
    const ring = keyring(defaultSuite);
    const key = senderKey(defaultSuite);
    const body = new Uint8Array(40);
    for (const kid of [0n, 7n]) {
      for (const counter of [BigInt(frameCounterLimit - 1), 2n ** 64n - 1n]) {
        const header = encodeHeader({ kid, counter });
        expect(ring.open(Uint8Array.of(...header, ...body)).ok).toBe(false);
      }
    }
    expect(ring.open(sealed(key)).ok).toBe(true);
    key.ratchet();
    expect(ring.open(sealed(key)).ok).toBe(true);
  });

  it('forgets the step before after enough frames of the new one', () => {
    const ring = keyring(defaultSuite);
    const key = senderKey(defaultSuite);
    const [early, late] = [sealed(key), sealed(key)];
    key.ratchet();
    expect(ring.open(sealed(key)).ok).toBe(true);
    expect(ring.open(early).ok).toBe(true);
    for (let i = 1; i < framesUntilWipe; i++) ring.open(sealed(key));
    expect(ring.open(sealed(key)).ok).toBe(true);
    expect(ring.open(late)).toEqual({ ok: false, reason: 'no-key' });
  });

  it('keeps a bounded number of generations and takes only newer ones', () => {
    const ring = keyring(defaultSuite);
    const first = sealed(senderKey(defaultSuite));
    const baseKey = Secret.take(baseKeyOf(defaultSuite));
    expect(ring.install({ generation: 0, step: 1 }, baseKey)).toBe(false);
    for (let generation = 1; generation < generationsKept; generation++) {
      expect(ring.install({ generation, step: 0 }, baseKey)).toBe(true);
    }
    expect(ring.open(first).ok).toBe(true);
    expect(ring.install({ generation: generationsKept, step: 0 }, baseKey)).toBe(true);
    // The one in use stays, and the oldest that never opened a frame goes.
    expect(ring.open(first)).toMatchObject({ reason: 'replay' });
    expect(ring.open(sealed(senderKey(defaultSuite, 1)))).toMatchObject({ reason: 'no-key' });
    expect(ring.open(sealed(senderKey(defaultSuite, 2))).ok).toBe(true);
    expect(ring.install({ generation: 2, step: 0 }, baseKey)).toBe(false);
    expect(ring.install({ generation: lastGeneration + 1, step: 0 }, baseKey)).toBe(false);
    expect(ring.install({ generation: 99, step: 0 }, Secret.take(new Uint8Array(5)))).toBe(false);
  });

  it('opens a later generation under the number of an earlier one, and then no longer the earlier', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(lastRatchetStep), (generation, steps) => {
        const ring = keyring(defaultSuite, generation, 1);
        const earlier = senderKey(defaultSuite, generation, 1);
        expect(ring.open(sealed(earlier)).ok).toBe(true);
        const later = senderKey(defaultSuite, generation + 32, 2);
        const baseKey = Secret.take(baseKeyOf(defaultSuite, 2));
        ring.install({ generation: generation + 32, step: 0 }, baseKey);
        for (let step = 0; step < steps; step++) later.ratchet();
        for (let step = 0; step < steps; step++) earlier.ratchet();
        const [old, fresh] = [sealed(earlier), sealed(later)];
        expect(parseHeader(old)!.kid).toBe(parseHeader(fresh)!.kid);
        expect(ring.open(old)).toEqual({ ok: false, reason: 'auth' });
        expect(ring.open(fresh).ok).toBe(true);
        expect(ring.newestGeneration).toBe(generation + 32);
      }),
      { numRuns: 50 },
    );
  });

  it('opens nothing once wiped', () => {
    const ring = keyring(defaultSuite);
    const frame = sealed(senderKey(defaultSuite));
    ring.wipe();
    expect(ring.open(frame)).toEqual({ ok: false, reason: 'no-key' });
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
