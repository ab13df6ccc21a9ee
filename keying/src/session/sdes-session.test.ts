import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/seeded-random.ts';
import { KeyingError } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { cryptoSuites, parseCryptoLine } from '../sdes/index.ts';
import type { CryptoSuite } from '../sdes/index.ts';
import { createSrtpReceiver, createSrtpSender, parseRtpHeader } from '../srtp/index.ts';
import { serializeRtpPacket } from '../srtp/index.ts';
import { createSdesSession, innerPayloadType } from './sdes-session.ts';
import type { SdesSession } from './session-ports.ts';

const random = seededRandom(4568);
const session = (suites?: readonly CryptoSuite[]): SdesSession =>
  createSdesSession({ random, ...(suites === undefined ? {} : { suites }) });
const frame = Uint8Array.of(0xfc, 1, 2, 3, 4);
const noKey: Outcome = { ok: false, reason: 'no-key' };

function sealed(by: SdesSession, payload = frame, rtpTimestamp = 960): Uint8Array {
  const outcome = by.sealer.seal(payload, { rtpTimestamp });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.bytes;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof KeyingError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('direct call', () => {
  it.each(cryptoSuites)('opens frames both ways under %s', (suite) => {
    const [alice, bob] = [session(), session([suite])];
    const answer = bob.acceptOffer('alice', alice.offerLines());
    alice.acceptAnswer('bob', [answer]);
    for (let i = 0; i < 3; i++) {
      const payload = Uint8Array.of(0xfc, i);
      expect(bob.openerFor('alice').open(sealed(alice, payload))).toEqual({
        ok: true,
        bytes: payload,
      });
      expect(alice.openerFor('bob').open(sealed(bob, payload))).toEqual({
        ok: true,
        bytes: payload,
      });
    }
  });

  it('seals nothing before the negotiation is done', () => {
    const [alice, bob] = [session(), session()];
    const seal = (by: SdesSession): Outcome => by.sealer.seal(frame, { rtpTimestamp: 0 });
    expect([seal(alice), seal(bob)]).toEqual([noKey, noKey]);
    const lines = alice.offerLines();
    expect(seal(alice)).toEqual(noKey);
    const answer = bob.acceptOffer('alice', lines);
    expect([seal(alice), seal(bob).ok]).toEqual([noKey, true]);
    alice.acceptAnswer('bob', [answer]);
    expect(seal(alice).ok).toBe(true);
  });

  it('opens nothing without a line, and no frame twice', () => {
    const [alice, bob] = [session(), session()];
    expect(bob.openerFor('alice').open(frame)).toEqual(noKey);
    alice.acceptAnswer('bob', [bob.acceptOffer('alice', alice.offerLines())]);
    const packet = sealed(alice);
    const opener = bob.openerFor('alice');
    expect(opener.open(packet).ok).toBe(true);
    expect(opener.open(packet)).toEqual({ ok: false, reason: 'replay' });
    expect(opener.open(frame)).toEqual({ ok: false, reason: 'malformed' });
    // Own frames sent back open under no key of the other direction.
    expect(alice.openerFor('bob').open(packet)).toEqual({ ok: false, reason: 'auth' });
  });

  it('goes on where it was when the same lines are exchanged again', () => {
    const [alice, bob] = [session(), session()];
    const answer = bob.acceptOffer('alice', alice.offerLines());
    alice.acceptAnswer('bob', [answer]);
    const before = sealed(alice);
    expect(bob.openerFor('alice').open(before).ok).toBe(true);
    expect(bob.acceptOffer('alice', alice.offerLines())).toBe(answer);
    alice.acceptAnswer('bob', [answer]);
    expect(bob.openerFor('alice').open(before)).toEqual({ ok: false, reason: 'replay' });
    const [first, second] = [before, sealed(alice)].map((packet) => parseRtpHeader(packet)!);
    expect(second!.sequenceNumber).toBe((first!.sequenceNumber + 1) % 65536);
  });

  it('refuses its own lines', () => {
    const alice = session();
    expect(codeOf(() => alice.acceptOffer('bob', alice.offerLines()))).toBe('sdes-invalid');
    expect(alice.sealer.seal(frame, { rtpTimestamp: 0 })).toEqual(noKey);
  });

  it('fails an answer without a line', () => {
    const alice = session();
    expect(codeOf(() => alice.acceptAnswer('bob', []))).toBe('sdes-no-agreement');
    expect(alice.sealer.seal(frame, { rtpTimestamp: 0 })).toEqual(noKey);
  });
});

describe('room', () => {
  it('gives each participant the announced key of each other', () => {
    const members = new Map(['a', 'b', 'c'].map((id) => [id, session()]));
    for (const [id, member] of members) {
      const line = member.announceLine();
      expect(member.announceLine()).toBe(line);
      for (const [otherId, other] of members) {
        if (otherId !== id) other.acceptAnnouncement(id, line);
      }
    }
    const packet = sealed(members.get('a')!);
    for (const id of ['b', 'c']) {
      const member = members.get(id)!;
      expect(member.openerFor('a').open(packet)).toEqual({ ok: true, bytes: frame });
    }
    expect(members.get('b')!.openerFor('c').open(packet)).toEqual({ ok: false, reason: 'auth' });
  });

  it('lets in who arrives after the sequence number has wrapped', () => {
    const [speaker, late] = [session(), session()];
    const line = speaker.announceLine();
    const key = parseCryptoLine(line).keys[0]!;
    // The same stream 20 hours on, written by a sender whose roll-over counter says so.
    const sender = createSrtpSender({ suite: cryptoSuites[0], key, initialRoc: 55 });
    const inner = serializeRtpPacket({
      payloadType: innerPayloadType,
      sequenceNumber: 9,
      timestamp: 0,
      ssrc: 1,
      payload: frame,
    });
    const packet = sender.protect(inner);
    if (!packet.ok) throw new Error(packet.reason);
    late.acceptAnnouncement('speaker', line);
    expect(late.openerFor('speaker').open(packet.bytes)).toEqual({ ok: true, bytes: frame });
  });

  it('refuses one key from two participants', () => {
    const [speaker, listener] = [session(), session()];
    const line = speaker.announceLine();
    listener.acceptAnnouncement('speaker', line);
    expect(codeOf(() => listener.acceptAnnouncement('mallory', line))).toBe('sdes-invalid');
    expect(listener.openerFor('speaker').open(sealed(speaker)).ok).toBe(true);
  });

  it('forgets who left', () => {
    const [speaker, listener] = [session(), session()];
    listener.acceptAnnouncement('speaker', speaker.announceLine());
    const opener = listener.openerFor('speaker');
    listener.removePeer('speaker');
    expect(opener.open(sealed(speaker))).toEqual(noKey);
  });
});

describe('inner packets', () => {
  it('are standard SRTP that the line alone opens', () => {
    const speaker = session();
    const line = parseCryptoLine(speaker.announceLine());
    const tap = createSrtpReceiver({ suite: 'AES_CM_128_HMAC_SHA1_80', keys: [line.keys[0]!] });
    const packets = [1000, 1960].map((timestamp) => sealed(speaker, frame, timestamp));
    const headers = packets.map((packet) => parseRtpHeader(packet)!);
    expect(headers.map(({ timestamp }) => timestamp)).toEqual([1000, 1960]);
    expect(headers.map(({ payloadType }) => payloadType)).toEqual([111, 111]);
    expect(headers[0]!.sequenceNumber).toBeLessThan(2 ** 15);
    expect(packets.map((packet) => packet.length)).toEqual([27, 27]);
    for (const packet of packets) {
      const opened = tap.unprotect(packet);
      expect(opened.ok && [...opened.bytes.subarray(12)]).toEqual([...frame]);
    }
  });

  it('come under keys, SSRC and sequence numbers of their own in every session', () => {
    const [one, other] = [session(), session()].map((member) => ({
      line: member.announceLine(),
      header: parseRtpHeader(sealed(member))!,
    }));
    expect(one!.line).not.toBe(other!.line);
    expect(one!.header.ssrc).not.toBe(other!.header.ssrc);
  });

  it('stop at close(), which wipes', () => {
    const handed: Uint8Array[] = [];
    const member = createSdesSession({
      random: (length) => {
        const bytes = random(length);
        handed.push(bytes);
        return bytes;
      },
    });
    const peer = session();
    member.acceptAnnouncement('peer', peer.announceLine());
    member.announceLine();
    member.close();
    member.close();
    expect(member.sealer.seal(frame, { rtpTimestamp: 0 })).toEqual(noKey);
    expect(member.openerFor('peer').open(sealed(peer))).toEqual(noKey);
    for (const key of handed.filter(({ length }) => length > 4)) {
      expect(key.every((byte) => byte === 0)).toBe(true);
    }
  });
});
