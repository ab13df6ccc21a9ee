/** RTP header extensions in the one-byte form (RFC 8285 section 4.2): in clear, also in SRTP. */
import { fixedHeaderBytes, parseRtpHeader } from '@earshot/keying/srtp';

/** 0xBEDE, section 4.2. */
const oneByteProfile = 0xbede;
/** Section 4.2: a byte of padding, and the id at which reading stops. */
const paddingId = 0;
const lastId = 15;

/**
 * By id, 1 to 14. Empty if the bytes are no RTP packet, it has no extension, or one of another form.
 *
 *     | id (4 bits), length - 1 (4 bits) | data ... |  repeated, zeros between and behind
 */
export function headerExtensionsOf(packet: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const elements = new Map<number, Uint8Array>();
  const header = parseRtpHeader(packet);
  const [first = 0] = packet;
  if (header === undefined || (first & 0x10) === 0) return elements;
  const start = fixedHeaderBytes + 4 * (first & 0x0f);
  const view = new DataView(packet.buffer, packet.byteOffset, header.headerBytes);
  if (view.getUint16(start) !== oneByteProfile) return elements;
  for (let at = start + 4; at < header.headerBytes;) {
    const byte = packet[at] ?? 0;
    const id = byte >> 4;
    if (id === lastId) break;
    if (id === paddingId) {
      at++;
      continue;
    }
    const end = at + 2 + (byte & 0x0f);
    if (end > header.headerBytes) break;
    elements.set(id, packet.subarray(at + 1, end));
    at = end;
  }
  return elements;
}
