/**
 * Captures: the classic pcap format (draft-ietf-opsawg-pcap), as tcpdump and Wireshark write it, with
 * Ethernet-less IPv4 packets (LINKTYPE_RAW) that hold one UDP datagram each.
 *
 *     file    magic (4)  version 2.4 (4)  zone (4)  accuracy (4)  snap length (4)  link type (4)
 *     packet  seconds (4)  microseconds (4)  captured length (4)  original length (4)  then the bytes
 *     bytes   IPv4 header (20, RFC 791)  UDP header (8, RFC 768)  datagram
 */

export interface Datagram {
  /** Microseconds since the epoch. */
  readonly atUs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly payload: Uint8Array;
}

/** IPv4 only. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const microsecondMagic = 0xa1b2c3d4;
const nanosecondMagic = 0xa1b23c4d;
/** LINKTYPE_RAW: the packet begins with its IP header. */
const linkTypeRaw = 101;
const linkTypeEthernet = 1;
const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
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
 * Reads UDP datagrams out of a capture, either byte order, microseconds or nanoseconds, raw IP or Ethernet.
 * Packets that are not whole UDP over IPv4 are left out; so is a last record that was cut off.
 * @throws TypeError if the bytes are not a pcap file, or of another link type.
 */
export function readPcap(bytes: Uint8Array): Datagram[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < fileHeaderBytes) throw new TypeError('not a pcap file: too short');
  const isLittle = isMagic(file.readUInt32LE(0));
  if (!isLittle && !isMagic(file.readUInt32BE(0))) throw new TypeError('not a pcap file');
  const u32 = (offset: number): number =>
    isLittle ? file.readUInt32LE(offset) : file.readUInt32BE(offset);
  const fractionsPerUs = u32(0) === nanosecondMagic ? 1000 : 1;
  const linkType = u32(20) & 0xffff;
  if (linkType !== linkTypeRaw && linkType !== linkTypeEthernet) {
    throw new TypeError(`pcap link type ${linkType} is not read here`);
  }
  const datagrams: Datagram[] = [];
  for (let offset = fileHeaderBytes; offset + recordHeaderBytes <= file.length;) {
    const start = offset + recordHeaderBytes;
    const end = start + u32(offset + 8);
    if (end > file.length) break;
    const atUs = u32(offset) * 1e6 + Math.floor(u32(offset + 4) / fractionsPerUs);
    const packet = file.subarray(start, end);
    const ip = linkType === linkTypeRaw ? packet : ethernetPayload(packet);
    const datagram = ip === undefined ? undefined : readDatagram(ip, atUs);
    if (datagram !== undefined) datagrams.push(datagram);
    offset = end;
  }
  return datagrams;
}

function isMagic(value: number): boolean {
  return value === microsecondMagic || value === nanosecondMagic;
}

function ethernetPayload(frame: Buffer): Buffer | undefined {
  const etherTypeIpv4 = 0x0800;
  return frame.length >= 14 && frame.readUInt16BE(12) === etherTypeIpv4
    ? frame.subarray(14)
    : undefined;
}

function readDatagram(ip: Buffer, atUs: number): Datagram | undefined {
  if (ip.length < ipHeaderBytes || (ip[0] ?? 0) >> 4 !== 4 || ip[9] !== protocolUdp) {
    return undefined;
  }
  const moreFragmentsOrOffset = 0x3fff;
  if ((ip.readUInt16BE(6) & moreFragmentsOrOffset) !== 0) return undefined;
  const udp = ip.subarray(((ip[0] ?? 0) & 0x0f) * 4);
  if (udp.length < udpHeaderBytes) return undefined;
  const udpBytes = udp.readUInt16BE(4);
  if (udpBytes < udpHeaderBytes || udpBytes > udp.length) return undefined;
  return {
    atUs,
    from: { address: ip.subarray(12, 16).join('.'), port: udp.readUInt16BE(0) },
    to: { address: ip.subarray(16, 20).join('.'), port: udp.readUInt16BE(2) },
    payload: new Uint8Array(udp.subarray(udpHeaderBytes, udpBytes)),
  };
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
