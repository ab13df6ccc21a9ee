/** What SRTP needs of an RTP header (RFC 3550 section 5.1). */
export interface RtpHeader {
  /** Fixed header, CSRC list and extension: everything that stays in clear. */
  readonly headerBytes: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** RFC 3550 section 5.1. */
export const fixedHeaderBytes = 12;

/**
 * Reads the header of an RTP or SRTP packet.
 *
 *     0                   1                   2                   3
 *     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *     |                           timestamp                           |
 *     |                             SSRC                              |
 *     |                      CSRC, CC times                           |
 *     |     profile (X)               | length in 32-bit words (X)    |  then that many words
 *
 * The padding count is not looked at: it is the last byte of the payload, which may be encrypted.
 *
 * @returns undefined if the bytes are not an RTP packet.
 */
export function parseRtpHeader(packet: Uint8Array): RtpHeader | undefined {
  if (packet.length < fixedHeaderBytes) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  let headerBytes = fixedHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (packet.length < headerBytes + 4) return undefined;
    headerBytes += 4 + 4 * view.getUint16(headerBytes + 2);
  }
  if (packet.length < headerBytes) return undefined;
  return {
    headerBytes,
    payloadType: view.getUint8(1) & 0x7f,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
  };
}

/**
 * What an RTP packet in clear carries, without its padding. A view on the packet.
 * @param header  of the same packet
 * @returns undefined if the padding is longer than what there is, or counts to nothing (RFC 3550
 *   section 5.1: the last byte counts how much of it there is, itself included).
 */
export function rtpPayload(packet: Uint8Array, header: RtpHeader): Uint8Array | undefined {
  const isPadded = ((packet[0] ?? 0) & 0x20) !== 0;
  if (!isPadded) return packet.subarray(header.headerBytes);
  const paddingBytes = packet.at(-1) ?? 0;
  const end = packet.length - paddingBytes;
  if (paddingBytes === 0 || end < header.headerBytes) return undefined;
  return packet.subarray(header.headerBytes, end);
}

export interface RtpPacketFields {
  /** 7 bits. */
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, in units of the codec's clock. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

/** Writes an RTP packet with a 12-byte header: no padding, extension, CSRC or marker. */
export function serializeRtpPacket(fields: RtpPacketFields): Uint8Array {
  const packet = new Uint8Array(fixedHeaderBytes + fields.payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, fields.payloadType & 0x7f);
  view.setUint16(2, fields.sequenceNumber);
  view.setUint32(4, fields.timestamp);
  view.setUint32(8, fields.ssrc);
  packet.set(fields.payload, fixedHeaderBytes);
  return packet;
}

/** Header and SSRC of an RTCP packet's first part, in clear in SRTCP (RFC 3711 section 3.4). */
export const rtcpClearBytes = 8;

/** @returns the sender's SSRC; undefined if the bytes are not an RTCP packet. */
export function parseRtcpSsrc(packet: Uint8Array): number | undefined {
  if (packet.length < rtcpClearBytes) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return view.getUint8(0) >> 6 === 2 ? view.getUint32(4) : undefined;
}

/** Tells RTCP from RTP on one port by the second byte (RFC 5761 section 4). */
export function isRtcp(packet: Uint8Array): boolean {
  const second = packet[1] ?? 0;
  return packet.length >= rtcpClearBytes && second >= 192 && second <= 223;
}
