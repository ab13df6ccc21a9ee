/**
 * The classic capture format (draft-ietf-opsawg-pcap), in the byte order of the machine that wrote it.
 *
 *     file    magic (4)  version 2.4 (4)  zone (4)  accuracy (4)  snap length (4)  link type (4)
 *     packet  seconds (4)  fraction (4)  captured length (4)  original length (4)  then the bytes
 */
import type { ByteSource } from './byte-source.ts';
import type { CapturePackets } from './capture.ts';

export const microsecondMagic = 0xa1b2c3d4;
const nanosecondMagic = 0xa1b23c4d;
export const fileHeaderBytes = 24;
export const recordHeaderBytes = 16;
/** libpcap's MAXIMUM_SNAPLEN: a longer record is a corrupt one. */
export const longestPacketBytes = 262_144;

/**
 * @param magic the file's first four bytes, already taken.
 * @throws TypeError if they are not pcap's.
 */
export function readPcapRecords(source: ByteSource, magic: Buffer): CapturePackets {
  const isLittle = isMagic(magic.readUInt32LE(0));
  if (!isLittle && !isMagic(magic.readUInt32BE(0))) {
    throw new TypeError('neither pcap nor pcapng');
  }
  const u32 = (bytes: Buffer, offset: number): number =>
    isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
  const header = source.take(fileHeaderBytes - magic.length);
  if (header === undefined) throw new TypeError('a pcap header that is cut off');
  return readRecords(source, {
    u32,
    fractionsPerUs: u32(magic, 0) === nanosecondMagic ? 1000 : 1,
    // The upper half says whether frames end in a check sum, which IP's own length leaves out.
    linkType: u32(header, 16) & 0xffff,
  });
}

function* readRecords(
  source: ByteSource,
  file: {
    readonly u32: (bytes: Buffer, offset: number) => number;
    readonly fractionsPerUs: number;
    readonly linkType: number;
  },
): CapturePackets {
  const { u32, fractionsPerUs, linkType } = file;
  for (;;) {
    const { offset } = source;
    const header = source.take(recordHeaderBytes);
    if (header === undefined) {
      const damage = source.skip(1) ? ({ reason: 'cut-off', offset } as const) : undefined;
      return { damage, skippedRecords: 0 };
    }
    const atUs = u32(header, 0) * 1e6 + Math.floor(u32(header, 4) / fractionsPerUs);
    const captured = u32(header, 8);
    if (captured > longestPacketBytes) {
      return { damage: { reason: 'corrupt', offset }, skippedRecords: 0 };
    }
    const bytes = source.take(captured);
    if (bytes === undefined) return { damage: { reason: 'cut-off', offset }, skippedRecords: 0 };
    yield { atUs, linkType, bytes };
  }
}

function isMagic(value: number): boolean {
  return value === microsecondMagic || value === nanosecondMagic;
}
