import { describe, expect, it } from 'vitest';
import type { Datagram } from './pcap.ts';
import { rtpStreamsOf } from './rtp-streams.ts';

const alice = { address: '192.0.2.1', port: 5004 };
const bob = { address: '192.0.2.2', port: 5006 };

/** RFC 3550 section 5.1: version 2, payload type 111, then sequence number, timestamp, SSRC. */
function rtp(ssrc: number, sequenceNumber: number): Uint8Array {
  const packet = Buffer.alloc(20);
  packet[0] = 0x80;
  packet[1] = 111;
  packet.writeUInt16BE(sequenceNumber, 2);
  packet.writeUInt32BE(sequenceNumber * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

function datagrams(from: Datagram['from'], payloads: readonly Uint8Array[]): Datagram[] {
  const to = from === alice ? bob : alice;
  return payloads.map((payload, i) => ({ atUs: i, from, to, payload }));
}

const sixty = (ssrc: number): Uint8Array[] => Array.from({ length: 60 }, (_, i) => rtp(ssrc, i));

describe('rtpStreamsOf', () => {
  it('tells streams apart by SSRC, and says who sends them', () => {
    const wire = [...datagrams(alice, sixty(7)), ...datagrams(bob, sixty(8))];
    const streams = rtpStreamsOf(wire);
    expect(streams.map(({ ssrc, from, packets }) => [ssrc, from, packets.length])).toEqual([
      [7, alice, 60],
      [8, bob, 60],
    ]);
    expect(streams[0]?.datagrams).toEqual(wire.slice(0, 60));
    expect(streams[0]?.packets[59]?.header.sequenceNumber).toBe(59);
  });

  it('leaves out what is not RTP (RFC 7983, RFC 5761), and strays', () => {
    const others = [
      Uint8Array.of(0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42), // STUN
      Uint8Array.of(22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), // DTLS
      Buffer.from([0x80, 200, 0, 6, ...new Array<number>(24).fill(0)]), // RTCP sender report
      new Uint8Array(0),
    ];
    const noise = others.flatMap((other) => new Array<Uint8Array>(60).fill(other));
    const stray = Array.from({ length: 49 }, (_, i) => rtp(9, i));
    expect(rtpStreamsOf(datagrams(alice, [...noise, ...stray]))).toEqual([]);
  });
});
