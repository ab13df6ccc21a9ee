import { hexToBytes, bytesToHex } from '@earshot/keying/bytes';
import type { Outcome } from '@earshot/keying/errors';
import { cryptoSuites, findSuite, keyAndSaltBytes } from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
  serializeRtpPacket,
  type PacketCipherFactory,
} from '@earshot/keying/srtp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../keying/test/vectors/libsrtp.json' with { type: 'json' };
import { createNativePacketCipher } from './native-packet-cipher.ts';

const hexOf = (outcome: Outcome): string =>
  outcome.ok ? bytesToHex(new Uint8Array(outcome.bytes)) : outcome.reason;
const createCipher: PacketCipherFactory = createNativePacketCipher;

const knownPackets: readonly {
  readonly name: string;
  readonly suite: string;
  readonly keyAndSalt: string;
  readonly mki?: string;
  readonly rtp: string;
  readonly srtp: string;
  readonly rtcp: string;
  readonly srtcp: string;
}[] = vectors.packets;

describe.each(knownPackets)('libsrtp $name, native', (known) => {
  const suite = findSuite(known.suite)!;
  const key = {
    keyAndSalt: Secret.take(hexToBytes(known.keyAndSalt)),
    ...(known.mki === undefined ? {} : { mki: hexToBytes(known.mki) }),
  };

  it('SRTP, both ways', () => {
    const sender = createSrtpSender({ suite, key, createCipher });
    expect(hexOf(sender.protect(hexToBytes(known.rtp)))).toBe(known.srtp);
    const receiver = createSrtpReceiver({ suite, keys: [key], createCipher });
    expect(hexOf(receiver.unprotect(hexToBytes(known.srtp)))).toBe(known.rtp);
  });

  it('SRTCP, both ways', () => {
    const { srtcpIndex: initialIndex } = vectors;
    const sender = createSrtcpSender({ suite, key, initialIndex, createCipher });
    expect(hexOf(sender.protect(hexToBytes(known.rtcp)))).toBe(known.srtcp);
    const receiver = createSrtcpReceiver({ suite, keys: [key], createCipher });
    expect(hexOf(receiver.unprotect(hexToBytes(known.srtcp)))).toBe(known.rtcp);
  });
});

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const packet = fc.record({
  sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
  timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
  ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
  payload: fc.uint8Array({ maxLength: 400 }),
  roc: fc.integer({ min: 0, max: 0xffff_ffff }),
  mki: fc.option(fc.uint8Array({ minLength: 1, maxLength: 8 }), { nil: undefined }),
});

describe.each(cryptoSuites)('%s, native and @noble', (suite) => {
  it('seal alike, open each other, and refuse any bit flipped', () => {
    fc.assert(
      fc.property(packet, bytes(keyAndSaltBytes(suite)), fc.nat(), (fields, keyBytes, flip) => {
        const { mki, roc } = fields;
        const key = { keyAndSalt: Secret.copy(keyBytes), ...(mki === undefined ? {} : { mki }) };
        const rtp = serializeRtpPacket({ ...fields, payloadType: 96 });
        const native = createSrtpSender({ suite, key, initialRoc: roc, createCipher }).protect(rtp);
        const pure = createSrtpSender({ suite, key, initialRoc: roc }).protect(rtp);
        expect(hexOf(native)).toBe(hexOf(pure));
        if (!native.ok) expect.fail(native.reason);
        const open = (srtp: Uint8Array): Outcome =>
          createSrtpReceiver({ suite, keys: [key], initialRoc: roc, createCipher }).unprotect(srtp);
        expect(hexOf(open(native.bytes))).toBe(bytesToHex(rtp));
        const changed = new Uint8Array(native.bytes);
        const bit = flip % (8 * changed.length);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(open(changed).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('native opens what @noble sealed, whatever is lost, late or of another length', () => {
    const steps = fc.array(
      fc.record({ skipped: fc.nat({ max: 2 }), length: fc.nat({ max: 90 }) }),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(
        steps,
        bytes(keyAndSaltBytes(suite)),
        fc.boolean(),
        (sent, keyBytes, isSwapped) => {
          const key = { keyAndSalt: Secret.copy(keyBytes) };
          const sender = createSrtpSender({ suite, key });
          const receiver = createSrtpReceiver({ suite, keys: [key], createCipher });
          let sequenceNumber = 0;
          const packets = sent.map(({ skipped, length }) => {
            sequenceNumber += 1 + skipped;
            const payload = new Uint8Array(length).fill(sequenceNumber);
            return serializeRtpPacket({
              payloadType: 0,
              sequenceNumber,
              timestamp: 0,
              ssrc: 1,
              payload,
            });
          });
          const sealed = packets.map((rtp) => ({ rtp, outcome: sender.protect(rtp) }));
          if (isSwapped) sealed.splice(3, 2, sealed[4]!, sealed[3]!);
          for (const { rtp, outcome } of sealed) {
            if (!outcome.ok) expect.fail(outcome.reason);
            expect(hexOf(receiver.unprotect(outcome.bytes))).toBe(bytesToHex(rtp));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('seal SRTCP alike and open each other', () => {
    fc.assert(
      fc.property(
        bytes(keyAndSaltBytes(suite)),
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (keyBytes, body, initialIndex) => {
          const key = { keyAndSalt: Secret.copy(keyBytes) };
          const rtcp = Uint8Array.of(0x80, 200, 0, 6, 1, 2, 3, 4, ...body);
          const native = createSrtcpSender({ suite, key, initialIndex, createCipher }).protect(
            rtcp,
          );
          const pure = createSrtcpSender({ suite, key, initialIndex }).protect(rtcp);
          expect(hexOf(native)).toBe(hexOf(pure));
          if (!pure.ok) expect.fail(pure.reason);
          const opened = createSrtcpReceiver({ suite, keys: [key], createCipher });
          expect(hexOf(opened.unprotect(pure.bytes))).toBe(bytesToHex(rtcp));
        },
      ),
      { numRuns: 40 },
    );
  });
});
