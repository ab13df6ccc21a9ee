import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeHeader,
  frameCounterLimit,
  framesUntilWipe,
  generationsKept,
  lastGeneration,
  lastRatchetStep,
  parseHeader,
  SealingContext,
} from '../../src/sframe/index.ts';
import { ratchetBaseKey } from '../../src/sframe/key-schedule.ts';
import { Secret } from '../../src/secret.ts';
import { ascii, hkdf } from '../reference/web-hkdf.ts';
import { baseKeyOf, defaultSuite, keyring, metadata, sealed, senderKey } from '../frame-keys.ts';

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
