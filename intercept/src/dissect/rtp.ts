/** RTP packets (RFC 3550 section 5.1) as a listener reads them: header, then whatever the payload is. */
import { parseRtpHeader, rtpPayload, type RtpHeader } from '@earshot/keying/srtp';

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
  const payload = rtpPayload(bytes, header);
  return payload === undefined ? undefined : { header, payload, bytes };
}

/** Dissects each; what is not RTP is left out. */
export function dissectAll(packets: readonly Uint8Array[]): RtpPacket[] {
  return packets.map(dissectRtp).filter((packet) => packet !== undefined);
}
