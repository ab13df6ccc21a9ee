/** Captures of UDP datagrams as arrays: written as pcap with raw IPv4 packets, read whatever they are. */
import { memorySource } from './byte-source.ts';
import { readCapture } from './capture.ts';
import { endpointsOf, readUdp, type Endpoint } from './internet-layer.ts';
import { ipPacketOf } from './link-layer.ts';
import { fileHeaderBytes, microsecondMagic, recordHeaderBytes } from './pcap-records.ts';

export type { Endpoint } from './internet-layer.ts';

export interface Datagram {
  /** Microseconds since the epoch. */
  readonly atUs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly payload: Uint8Array;
}

/** LINKTYPE_RAW: the packet begins with its IP header. */
const linkTypeRaw = 101;
const ipHeaderBytes = 20;
const udpHeaderBytes = 8;
const snapLength = 65_535;
const protocolUdp = 17;

/** @throws RangeError for a datagram too long for UDP, or an address that is not IPv4. */
export function writePcap(datagrams: readonly Datagram[]): Uint8Array {
  const header = Buffer.alloc(fileHeaderBytes);
  header.writeUInt32LE(microsecondMagic, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkTypeRaw, 20);
  return Buffer.concat([header, ...datagrams.flatMap((datagram) => writeRecord(datagram))]);
}

function writeRecord(datagram: Datagram): Buffer[] {
  const udpBytes = udpHeaderBytes + datagram.payload.length;
  const bytes = ipHeaderBytes + udpBytes;
  if (bytes > snapLength) throw new RangeError(`datagram of ${datagram.payload.length} bytes`);
  const header = Buffer.alloc(recordHeaderBytes + ipHeaderBytes + udpHeaderBytes);
  header.writeUInt32LE(Math.floor(datagram.atUs / 1e6), 0);
  header.writeUInt32LE(Math.floor(datagram.atUs % 1e6), 4);
  header.writeUInt32LE(bytes, 8);
  header.writeUInt32LE(bytes, 12);

  const ip = header.subarray(recordHeaderBytes, recordHeaderBytes + ipHeaderBytes);
  ip[0] = 0x45; // version 4, five words
  ip.writeUInt16BE(bytes, 2);
  ip[8] = 64; // time to live
  ip[9] = protocolUdp;
  ip.set(addressBytes(datagram.from.address), 12);
  ip.set(addressBytes(datagram.to.address), 16);
  ip.writeUInt16BE(internetChecksum(ip), 10);

  const udp = header.subarray(recordHeaderBytes + ipHeaderBytes);
  udp.writeUInt16BE(datagram.from.port, 0);
  udp.writeUInt16BE(datagram.to.port, 2);
  udp.writeUInt16BE(udpBytes, 4);
  // A UDP checksum of zero means that none was computed (RFC 768).
  return [header, Buffer.from(datagram.payload)];
}

/**
 * Reads the UDP datagrams out of a capture in memory, pcap or pcapng. Packets that hold no whole UDP datagram are left
 * out; so is everything from a damaged record on.
 * @throws TypeError if the bytes are not a capture.
 */
export function readPcap(bytes: Uint8Array): Datagram[] {
  const datagrams: Datagram[] = [];
  for (const { atUs, linkType, bytes: frame } of readCapture(memorySource(bytes))) {
    const ip = ipPacketOf(linkType, frame);
    const datagram = ip === undefined ? 'not-ip' : readUdp(ip);
    if (typeof datagram === 'string') continue;
    // A copy: the views end with this packet.
    datagrams.push({
      atUs,
      ...endpointsOf(datagram),
      payload: new Uint8Array(datagram.payload),
    });
  }
  return datagrams;
}

function addressBytes(address: string): number[] {
  const bytes = address.split('.').map(Number);
  if (
    bytes.length !== 4 ||
    !bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
  ) {
    throw new RangeError(`not an IPv4 address: ${address}`);
  }
  return bytes;
}

/** RFC 1071, over a header whose checksum field is zero. */
function internetChecksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
