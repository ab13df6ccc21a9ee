/** The RTP streams among a wire's datagrams, whatever protects their payloads. */
import type { Datagram, Endpoint } from './pcap.ts';
import { dissectRtp, type RtpPacket } from './rtp.ts';

export interface RtpStream {
  readonly ssrc: number;
  /** Who sent its first packet. */
  readonly from: Endpoint;
  /** In the order seen. */
  readonly datagrams: readonly Datagram[];
  /** The same, as RTP. */
  readonly packets: readonly RtpPacket[];
}

/** A stream of a call, not a stray packet. */
const leastPackets = 50;

/** By SSRC (RFC 3550 section 5.1), in the order in which they begin. */
export function rtpStreamsOf(wire: readonly Datagram[]): RtpStream[] {
  const streams = new Map<number, { datagrams: Datagram[]; packets: RtpPacket[] }>();
  for (const datagram of wire) {
    const packet = isRtp(datagram.payload) ? dissectRtp(datagram.payload) : undefined;
    if (packet === undefined) continue;
    const { ssrc } = packet.header;
    const stream = streams.get(ssrc) ?? { datagrams: [], packets: [] };
    streams.set(ssrc, stream);
    stream.datagrams.push(datagram);
    stream.packets.push(packet);
  }
  return [...streams].flatMap(([ssrc, { datagrams, packets }]) => {
    const [first] = datagrams;
    if (first === undefined || packets.length < leastPackets) return [];
    return [{ ssrc, from: first.from, datagrams, packets }];
  });
}

/** RFC 7983 tells RTP from STUN and DTLS, RFC 5761 section 4 from RTCP. */
function isRtp(datagram: Uint8Array): boolean {
  const [first = 0, second = 0] = datagram;
  return first >= 128 && first <= 191 && (second < 192 || second > 223);
}
