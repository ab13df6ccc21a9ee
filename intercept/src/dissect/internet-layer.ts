/** UDP datagrams (RFC 768) in IPv4 (RFC 791) and IPv6 (RFC 8200) packets. */

/** A datagram in place: views on the packet it came in. */
export interface UdpDatagram {
  /** Source, then destination: 4 or 16 bytes each. */
  readonly addresses: Buffer;
  /** Source, then destination: 2 bytes each. */
  readonly ports: Buffer;
  readonly payload: Buffer;
}

/** Why a packet gave no datagram. Counted, since a capture of others holds all of these. */
export type NoDatagram =
  | 'not-ip'
  /** TCP and everything else. */
  | 'not-udp'
  /** A part of a datagram: it is not put together here. Voice packets are far below any path's MTU. */
  | 'fragment'
  /** Lengths that contradict each other, or a packet that was captured in part. */
  | 'cut-short';

const protocolUdp = 17;
const udpHeaderBytes = 8;

/** IPv6 extension headers that give their own length (RFC 8200 section 4, RFC 6564). */
const extensionHeaders: ReadonlySet<number> = new Set([
  0, // hop by hop
  43, // routing
  60, // destination options
  135, // mobility
  139, // host identity
  140, // shim6
]);
const fragmentHeader = 44;
const authenticationHeader = 51;

export function readUdp(packet: Buffer): UdpDatagram | NoDatagram {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4) return readIpv4(packet);
  if (version === 6) return readIpv6(packet);
  return 'not-ip';
}

function readIpv4(packet: Buffer): UdpDatagram | NoDatagram {
  if (packet.length < 20) return 'cut-short';
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  // Zero where the network card cuts large packets itself: then all that was captured.
  const totalBytes = packet.readUInt16BE(2) || packet.length;
  if (headerBytes < 20 || totalBytes < headerBytes) return 'cut-short';
  if (packet[9] !== protocolUdp) return 'not-udp';
  const moreFragmentsOrOffset = 0x3fff;
  if ((packet.readUInt16BE(6) & moreFragmentsOrOffset) !== 0) return 'fragment';
  if (totalBytes > packet.length) return 'cut-short';
  return readSegment(packet.subarray(12, 20), packet.subarray(headerBytes, totalBytes));
}

function readIpv6(packet: Buffer): UdpDatagram | NoDatagram {
  const headerBytes = 40;
  if (packet.length < headerBytes) return 'cut-short';
  // Zero for a jumbogram (RFC 2675), and for the reason that IPv4 has.
  const payloadBytes = packet.readUInt16BE(4) || packet.length - headerBytes;
  const end = headerBytes + payloadBytes;
  let next = packet[6] ?? 0;
  let at = headerBytes;
  // Each header is at least eight bytes long, so that this ends.
  while (next !== protocolUdp) {
    if (at + 8 > packet.length) return 'cut-short';
    const length = packet[at + 1] ?? 0;
    if (next === fragmentHeader) {
      // Offset or more to come; neither is an atomic fragment (RFC 6946), which is whole.
      if ((packet.readUInt16BE(at + 2) & 0xfff9) !== 0) return 'fragment';
      next = packet[at] ?? 0;
      at += 8;
    } else if (extensionHeaders.has(next) || next === authenticationHeader) {
      const unitBytes = next === authenticationHeader ? 4 : 8;
      const ownUnits = next === authenticationHeader ? length + 2 : length + 1;
      next = packet[at] ?? 0;
      at += Math.max(8, ownUnits * unitBytes);
    } else {
      return 'not-udp';
    }
  }
  if (end > packet.length || at > end) return 'cut-short';
  return readSegment(packet.subarray(8, 40), packet.subarray(at, end));
}

function readSegment(addresses: Buffer, segment: Buffer): UdpDatagram | NoDatagram {
  if (segment.length < udpHeaderBytes) return 'cut-short';
  // Zero in a jumbogram.
  const udpBytes = segment.readUInt16BE(4) || segment.length;
  if (udpBytes < udpHeaderBytes || udpBytes > segment.length) return 'cut-short';
  return {
    addresses,
    ports: segment.subarray(0, 4),
    payload: segment.subarray(udpHeaderBytes, udpBytes),
  };
}

export interface Endpoint {
  /** IPv4 in dotted decimals, IPv6 as RFC 5952 writes it. */
  readonly address: string;
  readonly port: number;
}

export interface FiveTuple {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

export function endpointsOf({ addresses, ports }: UdpDatagram): FiveTuple {
  const half = addresses.length / 2;
  return {
    from: { address: addressText(addresses.subarray(0, half)), port: ports.readUInt16BE(0) },
    to: { address: addressText(addresses.subarray(half)), port: ports.readUInt16BE(2) },
  };
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  // The URL parser writes IPv6 hosts by RFC 5952, in brackets.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
