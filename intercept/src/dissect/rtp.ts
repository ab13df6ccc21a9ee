/** RTP packets (RFC 3550 section 5.1) as a listener reads them: header, then whatever the payload is. */
import { parseRtpHeader, type RtpHeader } from '@earshot/keying/srtp';

export interface RtpPacket {
  readonly header: RtpHeader;
  /** Without padding. May be empty. */
  readonly payload: Uint8Array;
  /** The whole packet. */
  readonly bytes: Uint8Array;
}

/** Dissects a packet in clear. @returns undefined if the bytes are not an RTP packet. */
export function dissectRtp(bytes: Uint8Array): RtpPacket | undefined {
  const header = parseRtpHeader(bytes);
  if (header === undefined) return undefined;
  const hasPadding = ((bytes[0] ?? 0) & 0x20) !== 0;
  // Section 5.1: the last byte of the padding counts how much of it there is, itself included.
  const paddingBytes = hasPadding ? (bytes.at(-1) ?? 0) : 0;
  if ((hasPadding && paddingBytes === 0) || header.headerBytes + paddingBytes > bytes.length) {
    return undefined;
  }
  return {
    header,
    payload: bytes.subarray(header.headerBytes, bytes.length - paddingBytes),
    bytes,
  };
}

/** Dissects each; what is not RTP is left out. */
export function dissectAll(packets: readonly Uint8Array[]): RtpPacket[] {
  return packets.map(dissectRtp).filter((packet) => packet !== undefined);
}
