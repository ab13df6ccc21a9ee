/**
 * pcapng (draft-ietf-opsawg-pcapng). Every block frames itself:
 *
 *     type (4)  total length (4)  body, padded to four bytes  total length again (4)
 *
 * Byte order and interfaces hold within a section; a file may have several sections.
 */
import type { ByteSource } from './byte-source.ts';
import type { CaptureDamage, CapturedPacket, CapturePackets } from './capture.ts';
import { longestPacketBytes } from './pcap-records.ts';
import { ByteOrder, parseInterface, type CaptureInterface } from './pcapng-interface.ts';

const blockTypes = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  /** Deprecated, still met. */
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;
/** Type, length, and the length that follows the body. */
const framingBytes = 12;
/** Options of a packet may follow it; nobody writes more. */
const longestBlockBytes = longestPacketBytes + 2 ** 16;
/** Of one section. Files in the wild have tens. */
const maxInterfaces = 4096;

interface Section {
  readonly order: ByteOrder;
  readonly interfaces: CaptureInterface[];
}

/** The first section's type has already been taken. @throws TypeError if that section does not begin. */
export function readPcapngBlocks(source: ByteSource): CapturePackets {
  const section = readSectionHeader(source);
  if (section === undefined) throw new TypeError('a pcapng section header that is cut off or bad');
  return readBlocks(source, section);
}

function* readBlocks(source: ByteSource, first: Section): CapturePackets {
  let section = first;
  let skippedRecords = 0;
  for (;;) {
    const { offset } = source;
    const end = (reason: CaptureDamage['reason']) => ({
      damage: { reason, offset },
      skippedRecords,
    });
    const word = source.take(4);
    if (word === undefined) {
      return source.skip(1) ? end('cut-off') : { damage: undefined, skippedRecords };
    }
    const type = section.order.u32(word, 0);
    if (type === blockTypes.sectionHeader) {
      const next = readSectionHeader(source);
      if (next === undefined) return end('corrupt');
      section = next;
      continue;
    }
    const lengthWord = source.take(4);
    if (lengthWord === undefined) return end('cut-off');
    const bodyBytes = bodyBytesOf(section.order.u32(lengthWord, 0));
    if (bodyBytes === undefined) return end('corrupt');
    if (!isRead(type)) {
      // Statistics, names, decryption secrets, vendors' own: passed over, however long they are.
      if (!source.skip(bodyBytes + 4)) return end('cut-off');
      continue;
    }
    if (bodyBytes > longestBlockBytes) return end('corrupt');
    const block = source.take(bodyBytes + 4);
    if (block === undefined) return end('cut-off');
    if (section.order.u32(block, bodyBytes) !== bodyBytes + framingBytes) return end('corrupt');
    const body = block.subarray(0, bodyBytes);
    if (type === blockTypes.interfaceDescription) {
      const described = parseInterface(body, section.order);
      if (described === undefined || section.interfaces.length >= maxInterfaces) {
        return end('corrupt');
      }
      section.interfaces.push(described);
      continue;
    }
    const packet = parsePacket(type, body, section);
    if (packet === undefined) skippedRecords++;
    else yield packet;
  }
}

function isRead(type: number): boolean {
  return (
    type === blockTypes.interfaceDescription ||
    type === blockTypes.packet ||
    type === blockTypes.simplePacket ||
    type === blockTypes.enhancedPacket
  );
}

/** Some writers leave the padding out of the length. @returns undefined for an impossible length. */
function bodyBytesOf(totalLength: number): number | undefined {
  return totalLength < framingBytes || totalLength % 4 !== 0
    ? undefined
    : totalLength - framingBytes;
}

/**
 * Section header (section 4.1), after its type:
 *
 *     total length (4)  byte-order magic 1a2b3c4d (4)  version (4)  section length (8)  options  total length (4)
 */
function readSectionHeader(source: ByteSource): Section | undefined {
  const start = source.take(8);
  const order = start === undefined ? undefined : ByteOrder.of(start.subarray(4));
  if (start === undefined || order === undefined) return undefined;
  const bodyBytes = bodyBytesOf(order.u32(start, 0));
  // The magic is part of the body and already taken.
  if (bodyBytes === undefined || bodyBytes < 16 || !source.skip(bodyBytes - 4)) return undefined;
  const trailer = source.take(4);
  if (trailer === undefined || order.u32(trailer, 0) !== bodyBytes + framingBytes) return undefined;
  return { order, interfaces: [] };
}

/**
 *     enhanced  interface (4)  time (4 high, 4 low)  captured (4)  original (4)  packet, options
 *     packet    interface (2)  drops (2)  and then the same
 *     simple    original (4)  packet; of the first interface, without a time
 *
 * Sections 4.3, 4.4 and appendix A.
 */
function parsePacket(type: number, body: Buffer, section: Section): CapturedPacket | undefined {
  const { order, interfaces } = section;
  if (type === blockTypes.simplePacket) {
    const [only] = interfaces;
    if (only === undefined || body.length < 4) return undefined;
    const captured = Math.min(order.u32(body, 0), only.snapBytes, body.length - 4);
    return { atUs: 0, linkType: only.linkType, bytes: body.subarray(4, 4 + captured) };
  }
  if (body.length < 20) return undefined;
  const id = type === blockTypes.packet ? order.u16(body, 0) : order.u32(body, 0);
  const from = interfaces[id];
  const captured = order.u32(body, 12);
  if (from === undefined || captured > body.length - 20) return undefined;
  const ticks = order.u32(body, 4) * 2 ** 32 + order.u32(body, 8);
  return {
    atUs: Math.floor(ticks * from.usPerTick) + from.offsetUs,
    linkType: from.linkType,
    bytes: body.subarray(20, 20 + captured),
  };
}
