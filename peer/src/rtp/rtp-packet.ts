/** RTP packets (RFC 3550 section 5.1) as endpoints read and re-address them. */
import { parseRtpHeader, rtpPayload } from '@earshot/keying/srtp';

export interface RtpPacket {
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Without padding. A view on the packet. */
  readonly payload: Uint8Array;
}

/** @returns undefined for bytes that are not an RTP packet. */
export function readRtp(packet: Uint8Array): RtpPacket | undefined {
  const header = parseRtpHeader(packet);
  if (header === undefined) return undefined;
  const payload = rtpPayload(packet, header);
  if (payload === undefined) return undefined;
  const { payloadType, sequenceNumber, timestamp, ssrc } = header;
  return { payloadType, sequenceNumber, timestamp, ssrc, payload };
}

/** A copy of a packet under another stream's name: what forwards between two calls has to change. */
export function readdressRtp(
  packet: Uint8Array,
  to: { readonly ssrc: number; readonly payloadType: number },
): Uint8Array {
  const copy = new Uint8Array(packet);
  const view = new DataView(copy.buffer);
  view.setUint8(1, (view.getUint8(1) & 0x80) | (to.payloadType & 0x7f));
  view.setUint32(8, to.ssrc);
  return copy;
}
