import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejections } from '../../src/errors.ts';
import type { Outcome } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import { cryptoSuites, keyAndSaltBytes } from '../../src/sdes/index.ts';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
} from '../../src/srtp/index.ts';
import type { SrtpMasterKey } from '../../src/srtp/index.ts';
import { parseRtpHeader } from '../../src/srtp/rtp-header.ts';

const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

/** A suite with a key for it, with and without MKI. */
const keyed = fc.constantFrom(...cryptoSuites).chain((suite) =>
  fc.record({
    suite: fc.constant(suite),
    key: fc
      .tuple(bytes(keyAndSaltBytes(suite), keyAndSaltBytes(suite)), fc.option(bytes(1, 128)))
      .map(([keyAndSalt, mki]): SrtpMasterKey => ({
        keyAndSalt: Secret.copy(keyAndSalt),
        ...(mki === null ? {} : { mki }),
      })),
  }),
);

/** An RTP packet of any shape: CSRCs, extension, padding bit, marker. */
const rtpPacket = fc
  .record({
    csrcWords: fc.integer({ min: 0, max: 15 }),
    extensionWords: fc.option(fc.integer({ min: 0, max: 8 })),
    padding: fc.boolean(),
    second: fc.integer({ min: 0, max: 255 }),
    rest: bytes(10, 10),
    filler: bytes(4, 4),
    payload: bytes(0, 200),
  })
  .map(({ csrcWords, extensionWords, padding, second, rest, filler, payload }) => {
    const first = 0x80 | (padding ? 0x20 : 0) | (extensionWords === null ? 0 : 0x10) | csrcWords;
    const extension =
      extensionWords === null
        ? []
        : [0xbe, 0xde, 0, extensionWords, ...repeat(filler, extensionWords)];
    return Uint8Array.of(
      first,
      second,
      ...rest,
      ...repeat(filler, csrcWords),
      ...extension,
      ...payload,
    );
  });

const rtcpPacket = bytes(7, 200).map((rest) => Uint8Array.of(0x81, ...rest));

function repeat(word: Uint8Array, times: number): number[] {
  return Array.from({ length: times }, () => [...word]).flat();
}

function bytesOf(outcome: Outcome): Uint8Array {
  if (!outcome.ok) throw new Error(`rejected: ${outcome.reason}`);
  return outcome.bytes;
}

function flip(packet: Uint8Array, bit: number): Uint8Array {
  const flipped = packet.slice();
  flipped[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  return flipped;
}

/** Four bytes of tag let one in 2^32 forgeries pass; the others fewer than any test can try. */
const suitesAndPackets = { numRuns: 150 };

describe('SRTP', () => {
  it('opens what it protected, whatever the packet', () => {
    fc.assert(
      fc.property(keyed, rtpPacket, ({ suite, key }, packet) => {
        const sealed = bytesOf(createSrtpSender({ suite, key }).protect(packet));
        const headerBytes = parseRtpHeader(packet)!.headerBytes;
        expect(sealed.subarray(0, headerBytes)).toEqual(packet.subarray(0, headerBytes));
        const opened = createSrtpReceiver({ suite, keys: [key] }).unprotect(sealed);
        expect(bytesOf(opened)).toEqual(packet);
      }),
      suitesAndPackets,
    );
  });

  it('opens nothing in which one bit was flipped', () => {
    fc.assert(
      fc.property(keyed, rtpPacket, fc.nat(), ({ suite, key }, packet, seed) => {
        const sealed = bytesOf(createSrtpSender({ suite, key }).protect(packet));
        const receiver = createSrtpReceiver({ suite, keys: [key] });
        const flipped = flip(sealed, seed % (8 * sealed.length));
        expect(receiver.unprotect(flipped).ok).toBe(false);
        expect(receiver.unprotect(sealed).ok).toBe(true);
      }),
      suitesAndPackets,
    );
  });

  it.each(cryptoSuites)('%s: every single bit counts', (suite) => {
    const key = { keyAndSalt: Secret.take(new Uint8Array(keyAndSaltBytes(suite)).fill(1)) };
    const packet = Uint8Array.of(0x80, 111, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 0xfc, 1, 2, 3);
    const sealed = bytesOf(createSrtpSender({ suite, key }).protect(packet));
    const receiver = createSrtpReceiver({ suite, keys: [key] });
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      expect(receiver.unprotect(flip(sealed, bit)).ok, `bit ${bit}`).toBe(false);
    }
    expect(receiver.unprotect(sealed).ok).toBe(true);
  });

  it('never opens under another key', () => {
    fc.assert(
      fc.property(keyed, rtpPacket, fc.nat(), ({ suite, key }, packet, seed) => {
        const sealed = bytesOf(createSrtpSender({ suite, key }).protect(packet));
        // One bit of key or salt: either changes every session key.
        const bits = 8 * key.keyAndSalt.length;
        const wrong = key.keyAndSalt.use((right) => flip(right, seed % bits));
        const other = { ...key, keyAndSalt: Secret.take(wrong) };
        const opened = createSrtpReceiver({ suite, keys: [other] }).unprotect(sealed);
        expect(opened).toEqual({ ok: false, reason: 'auth' });
      }),
      suitesAndPackets,
    );
  });

  it('takes any order within the window once, over wraps of the sequence number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cryptoSuites),
        fc.integer({ min: 0, max: 65535 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 500 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (suite, start, steps) => {
          const key = { keyAndSalt: Secret.take(new Uint8Array(keyAndSaltBytes(suite)).fill(5)) };
          const sender = createSrtpSender({ suite, key });
          const receiver = createSrtpReceiver({ suite, keys: [key] });
          let index = start;
          // Sent with gaps (loss); each arrives up to 500 packets later than it was sent.
          const sent = steps.map(([gap, delay], i) => {
            if (i > 0) index += gap;
            const packet = Uint8Array.of(0x80, 111, (index >> 8) & 255, index & 255, 0, 0, 0, 0);
            const whole = Uint8Array.of(...packet, 1, 2, 3, 4, i);
            return {
              packet: whole,
              sealed: bytesOf(sender.protect(whole)),
              // The first arrives first: before it there is nothing to order by.
              arrival: i === 0 ? -1 : index + delay,
            };
          });
          const arrivals = sent.toSorted((a, b) => a.arrival - b.arrival);
          for (const { packet, sealed } of arrivals) {
            expect(receiver.unprotect(sealed)).toEqual({ ok: true, bytes: packet });
            expect(receiver.unprotect(sealed)).toEqual({ ok: false, reason: 'replay' });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answers any bytes with a known reason', () => {
    fc.assert(
      fc.property(keyed, bytes(0, 300), ({ suite, key }, garbage) => {
        for (const outcome of [
          createSrtpReceiver({ suite, keys: [key] }).unprotect(garbage),
          createSrtcpReceiver({ suite, keys: [key], unencrypted: 'accept' }).unprotect(garbage),
        ]) {
          expect(outcome.ok).toBe(false);
          if (!outcome.ok) expect(rejections).toContain(outcome.reason);
        }
        const sealed = createSrtpSender({ suite, key }).protect(garbage);
        expect(sealed.ok).toBe(parseRtpHeader(garbage) !== undefined);
      }),
      { numRuns: 300 },
    );
  });
});

describe('SRTCP', () => {
  it('opens what it protected, and nothing in which one bit was flipped', () => {
    fc.assert(
      fc.property(keyed, rtcpPacket, fc.nat(), ({ suite, key }, packet, seed) => {
        const sealed = bytesOf(createSrtcpSender({ suite, key }).protect(packet));
        const receiver = createSrtcpReceiver({ suite, keys: [key], unencrypted: 'accept' });
        const flipped = flip(sealed, seed % (8 * sealed.length));
        expect(receiver.unprotect(flipped).ok).toBe(false);
        expect(bytesOf(receiver.unprotect(sealed))).toEqual(packet);
      }),
      suitesAndPackets,
    );
  });

  it('has keys of its own: SRTP and SRTCP of one master key do not mix', () => {
    fc.assert(
      fc.property(keyed, rtcpPacket, ({ suite, key }, packet) => {
        const sealed = bytesOf(createSrtcpSender({ suite, key }).protect(packet));
        expect(createSrtpReceiver({ suite, keys: [key] }).unprotect(sealed).ok).toBe(false);
      }),
      suitesAndPackets,
    );
  });
});
