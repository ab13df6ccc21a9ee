import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { Secret } from '../src/secret.ts';
import { cryptoSuites, keyAndSaltBytes } from '../src/sdes/index.ts';
import { AesCounterMode } from '../src/srtp/aes-counter-mode.ts';
import {
  createSrtcpReceiver,
  createSrtcpSender,
  createSrtpReceiver,
  createSrtpSender,
  serializeRtpPacket,
} from '../src/srtp/index.ts';
import type { SrtpMasterKey } from '../src/srtp/index.ts';
import { KeyDerivation } from '../src/srtp/key-derivation.ts';
import { guessPacketIndex, packetIndex, rollOverCounterOf } from '../src/srtp/packet-index.ts';
import vectors from './vectors/rfc3711.json' with { type: 'json' };

const suite = 'AES_CM_128_HMAC_SHA1_80';
const key: SrtpMasterKey = { keyAndSalt: Secret.take(new Uint8Array(30).fill(7)) };
const sender = (): ReturnType<typeof createSrtpSender> => createSrtpSender({ suite, key });
const receiver = (): ReturnType<typeof createSrtpReceiver> =>
  createSrtpReceiver({ suite, keys: [key] });

function rtp(sequenceNumber: number, ssrc = 0x11223344, payload = new Uint8Array(40).fill(9)) {
  return serializeRtpPacket({ payloadType: 111, sequenceNumber, timestamp: 960, ssrc, payload });
}

function protectedWith(context: ReturnType<typeof sender>, packet: Uint8Array): Uint8Array {
  const outcome = context.protect(packet);
  if (!outcome.ok) throw new Error(`not protected: ${outcome.reason}`);
  return outcome.bytes;
}

describe('appendix B.2: AES-CM', () => {
  const { sessionKey, counterBlock, keystream } = vectors.aesCm;
  const counterMode = new AesCounterMode(hexToBytes(sessionKey.toLowerCase()));
  const blocks = Math.max(...keystream.map(({ block }) => Number.parseInt(block, 16))) + 1;
  const stream = counterMode.crypt(hexToBytes(counterBlock), new Uint8Array(16 * blocks));

  it.each(keystream)('block $block', ({ block, bytes }) => {
    const offset = 16 * Number.parseInt(block, 16);
    expect(bytesToHex(stream.subarray(offset, offset + 16))).toBe(bytes.toLowerCase());
  });

  it('stops at 2^16 blocks', () => {
    const tooLong = new Uint8Array(2 ** 20 + 1);
    expect(() => counterMode.crypt(hexToBytes(counterBlock), tooLong)).toThrow(RangeError);
  });
});

describe('appendix B.3: key derivation', () => {
  const { masterKey, masterSalt, outputs } = vectors.keyDerivation;
  it.each(outputs)('$name', ({ label, bytes }) => {
    const derivation = new KeyDerivation(hexToBytes(masterKey), hexToBytes(masterSalt));
    expect(bytesToHex(derivation.derive(label, bytes.length / 2))).toBe(bytes.toLowerCase());
  });
});

describe('appendix A: packet index', () => {
  // s_l, ROC, SEQ and the ROC that the pseudo-code gives, worked out by hand.
  it.each([
    [0, 0, 0, 0],
    [65535, 0, 0, 1],
    [65530, 0, 5, 1],
    [5, 1, 65530, 0],
    [32767, 0, 65535, 0],
    [32768, 0, 0, 0],
    [32769, 0, 0, 1],
    [40000, 7, 100, 8],
    [100, 7, 40000, 6],
    [100, 7, 32868, 7],
    [100, 7, 32869, 6],
  ])('s_l %i, ROC %i, SEQ %i: ROC %i', (highest, roc, sequenceNumber, expected) => {
    const index = guessPacketIndex(packetIndex(roc, highest), sequenceNumber);
    expect(index).toBe(packetIndex(expected, sequenceNumber));
    expect(rollOverCounterOf(index)).toBe(expected);
  });

  it('goes below 0 before the first roll-over counter', () => {
    expect(guessPacketIndex(100, 65000)).toBeLessThan(0);
  });
});

describe('sections 3.3 and 9: contexts', () => {
  it('carries CSRCs, extension and padding through', () => {
    const packet = hexToBytes(
      'b2ef00010000000111223344' + // V=2, P, X, CC=2; marker, type 111
        'aaaaaaaabbbbbbbb' + // CSRCs
        'bede0001' + // one word of extension
        '10ff0000' +
        'deadbeef00000004', // payload, four bytes of padding
    );
    const sealed = protectedWith(sender(), packet);
    expect(bytesToHex(sealed.subarray(0, 28))).toBe(bytesToHex(packet.subarray(0, 28)));
    expect(bytesToHex(sealed.subarray(28, 36))).not.toBe('deadbeef00000004');
    expect(receiver().unprotect(sealed)).toEqual({ ok: true, bytes: packet });
  });

  it('leaves its input as it is, wherever in memory it stands', () => {
    for (const offset of [0, 1, 2, 3]) {
      const memory = new Uint8Array(100).fill(0x55);
      const packet = memory.subarray(offset, offset + 52);
      packet.set(rtp(1));
      const before = packet.slice();
      const sealed = protectedWith(sender(), packet);
      expect(packet).toEqual(before);
      memory.fill(0x66);
      memory.set(sealed, offset);
      const view = memory.subarray(offset, offset + sealed.length);
      expect(receiver().unprotect(view)).toEqual({ ok: true, bytes: before });
      expect(view).toEqual(sealed);
    }
  });

  it('follows the roll-over counter, with loss and reordering around the wrap', () => {
    const out = sender();
    const into = receiver();
    const order = [65530, 65533, 65532, 2, 65535, 0, 65534, 1, 4];
    const sequence = [65530, 65531, 65532, 65533, 65534, 65535, 0, 1, 2, 3, 4];
    const sealed = new Map(sequence.map((s) => [s, protectedWith(out, rtp(s))]));
    for (const s of order) {
      expect(into.unprotect(sealed.get(s)!), `SEQ ${s}`).toEqual({ ok: true, bytes: rtp(s) });
    }
    expect([out.rocOf(0x11223344), into.rocOf(0x11223344)]).toEqual([1, 1]);
    for (const s of order) {
      expect(into.unprotect(sealed.get(s)!)).toEqual({ ok: false, reason: 'replay' });
    }
  });

  it('stays in step over three wraps', () => {
    const out = sender();
    const into = receiver();
    for (let i = 0; i < 3 * 65536; i += 1000) {
      const packet = rtp(i % 65536);
      expect(into.unprotect(protectedWith(out, packet))).toEqual({ ok: true, bytes: packet });
    }
    expect(into.rocOf(0x11223344)).toBe(2);
  });

  it('refuses what is older than its window, and no sooner', () => {
    const out = sender();
    const into = createSrtpReceiver({ suite, keys: [key], replayWindowPackets: 64 });
    const sealed = Array.from({ length: 65 }, (_, s) => protectedWith(out, rtp(s)));
    expect(into.unprotect(sealed[64]!).ok).toBe(true);
    expect(into.unprotect(sealed[0]!)).toEqual({ ok: false, reason: 'too-old' });
    expect(into.unprotect(sealed[1]!).ok).toBe(true);
  });

  it('stores nothing for a forged packet: neither window, nor counter, nor SSRC', () => {
    const out = sender();
    const into = createSrtpReceiver({ suite, keys: [key], maxSsrcs: 1 });
    const forged = protectedWith(out, rtp(60000, 0x99999999));
    forged[forged.length - 1]! ^= 1;
    expect(into.unprotect(forged)).toEqual({ ok: false, reason: 'auth' });
    expect(into.rocOf(0x99999999)).toBeUndefined();
    const first = protectedWith(out, rtp(1));
    expect(into.unprotect(first).ok).toBe(true);
    const ahead = protectedWith(out, rtp(30000));
    ahead[20]! ^= 1;
    expect(into.unprotect(ahead)).toEqual({ ok: false, reason: 'auth' });
    expect(into.unprotect(protectedWith(sender(), rtp(2))).ok).toBe(true);
  });

  it('keeps state for a bounded number of SSRCs', () => {
    const into = createSrtpReceiver({ suite, keys: [key], maxSsrcs: 2 });
    const out = createSrtpSender({ suite, key, maxSsrcs: 3 });
    const sealed = [1, 2, 3].map((ssrc) => protectedWith(out, rtp(1, ssrc)));
    expect(sealed.map((packet) => into.unprotect(packet).ok)).toEqual([true, true, false]);
    expect(out.protect(rtp(1, 4))).toEqual({ ok: false, reason: 'no-key' });
  });

  it('never protects two packets under one index', () => {
    const out = sender();
    expect(out.protect(rtp(2000)).ok).toBe(true);
    expect(out.protect(rtp(2000))).toEqual({ ok: false, reason: 'replay' });
    expect(out.protect(rtp(100))).toEqual({ ok: false, reason: 'too-old' });
    expect(out.protect(rtp(1999)).ok).toBe(true);
  });

  it('stops at the last index and at the lifetime', () => {
    const last = createSrtpSender({ suite, key, initialRoc: 2 ** 32 - 1 });
    expect(last.protect(rtp(65535)).ok).toBe(true);
    expect(last.protect(rtp(0))).toEqual({ ok: false, reason: 'exhausted' });
    const limited = { ...key, lifetimePackets: 2 };
    const out = createSrtpSender({ suite, key: limited });
    const sealed = [1, 2].map((s) => protectedWith(out, rtp(s)));
    expect(out.protect(rtp(3))).toEqual({ ok: false, reason: 'exhausted' });
    const into = createSrtpReceiver({ suite, keys: [limited] });
    for (const packet of sealed) expect(into.unprotect(packet).ok).toBe(true);
    expect(into.unprotect(protectedWith(sender(), rtp(3)))).toEqual({
      ok: false,
      reason: 'exhausted',
    });
  });

  it('finds the roll-over counter of a stream that it joins late, if told to', () => {
    const out = createSrtpSender({ suite, key, initialRoc: 5 });
    const sealed = protectedWith(out, rtp(700));
    expect(receiver().unprotect(sealed)).toEqual({ ok: false, reason: 'auth' });
    for (const late of [{ rocCandidates: 6 }, { initialRoc: 5 }]) {
      const into = createSrtpReceiver({ suite, keys: [key], ...late });
      expect(into.unprotect(sealed)).toEqual({ ok: true, bytes: rtp(700) });
      expect(into.rocOf(0x11223344)).toBe(5);
    }
    const tooFew = createSrtpReceiver({ suite, keys: [key], rocCandidates: 5 });
    expect(tooFew.unprotect(sealed)).toEqual({ ok: false, reason: 'auth' });
  });

  it('picks the key that the MKI names, and keeps its index when the key changes', () => {
    const keys = [1, 2, 3].map((id) => ({
      keyAndSalt: Secret.take(new Uint8Array(30).fill(id)),
      mki: Uint8Array.of(0, id),
    }));
    const into = createSrtpReceiver({ suite, keys: [keys[0]!, keys[1]!] });
    const sealed = keys.map((mkiKey, i) =>
      protectedWith(createSrtpSender({ suite, key: mkiKey }), rtp(i + 1)),
    );
    expect(into.unprotect(sealed[0]!)).toEqual({ ok: true, bytes: rtp(1) });
    expect(into.unprotect(sealed[1]!)).toEqual({ ok: true, bytes: rtp(2) });
    expect(into.unprotect(sealed[2]!)).toEqual({ ok: false, reason: 'no-key' });
    const again = protectedWith(createSrtpSender({ suite, key: keys[1]! }), rtp(1));
    expect(into.unprotect(again)).toEqual({ ok: false, reason: 'replay' });
  });

  it('gives nothing after close()', () => {
    const out = sender();
    const sealed = protectedWith(out, rtp(1));
    const into = receiver();
    for (const context of [out, into]) {
      context.close();
      context.close();
    }
    expect(out.protect(rtp(2))).toEqual({ ok: false, reason: 'no-key' });
    expect(into.unprotect(sealed)).toEqual({ ok: false, reason: 'no-key' });
  });

  it('refuses options that do not fit', () => {
    const short = { keyAndSalt: Secret.take(new Uint8Array(29)) };
    expect(() => createSrtpSender({ suite, key: short })).toThrow(RangeError);
    expect(() => createSrtpSender({ suite, key, initialRoc: 2 ** 32 })).toThrow(RangeError);
    expect(() => createSrtpReceiver({ suite, keys: [key, key] })).toThrow(TypeError);
    const empty = { ...key, mki: new Uint8Array() };
    expect(() => createSrtpSender({ suite, key: empty })).toThrow(RangeError);
    expect(() => createSrtpReceiver({ suite, keys: [key], replayWindowPackets: 32 })).toThrow(
      RangeError,
    );
  });
});

describe('section 3.4: SRTCP', () => {
  const rtcp = hexToBytes('81c8000bcafebabe' + 'ab'.repeat(16));

  it.each(cryptoSuites)('%s: counts its indices and refuses one twice', (name) => {
    const rtcpKey = { keyAndSalt: Secret.take(new Uint8Array(keyAndSaltBytes(name)).fill(3)) };
    const out = createSrtcpSender({ suite: name, key: rtcpKey });
    const into = createSrtcpReceiver({ suite: name, keys: [rtcpKey] });
    const sealed = [0, 1, 2].map(() => out.protect(rtcp));
    for (const outcome of [sealed[2]!, sealed[0]!, sealed[1]!]) {
      if (!outcome.ok) throw new Error(outcome.reason);
      expect(into.unprotect(outcome.bytes)).toEqual({ ok: true, bytes: rtcp });
      expect(into.unprotect(outcome.bytes)).toEqual({ ok: false, reason: 'replay' });
    }
  });

  it('stops after index 2^31 - 1', () => {
    const out = createSrtcpSender({ suite, key, initialIndex: 2 ** 31 - 1 });
    expect(out.protect(rtcp).ok).toBe(true);
    expect(out.protect(rtcp)).toEqual({ ok: false, reason: 'exhausted' });
  });

  it('does not take what is not RTCP', () => {
    for (const bytes of [new Uint8Array(), rtcp.subarray(0, 7), new Uint8Array(40)]) {
      expect(createSrtcpSender({ suite, key }).protect(bytes)).toEqual({
        ok: false,
        reason: 'malformed',
      });
      expect(createSrtcpReceiver({ suite, keys: [key] }).unprotect(bytes)).toEqual({
        ok: false,
        reason: 'malformed',
      });
    }
  });
});
