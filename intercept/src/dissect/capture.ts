/**
 * Captures made by anybody: pcap or pcapng, told apart by their first four bytes. One packet is held at
 * a time, whatever the file claims about itself.
 */
import type { ByteSource } from './byte-source.ts';
import { readPcapRecords } from './pcap-records.ts';
import { readPcapngBlocks } from './pcapng-blocks.ts';

export interface CapturedPacket {
  /** Microseconds since the epoch. */
  readonly atUs: number;
  /** LINKTYPE_ number (draft-ietf-opsawg-pcaplinktype). */
  readonly linkType: number;
  /** Valid until the next packet is asked for. */
  readonly bytes: Buffer;
}

/** Why reading ended before the end of the file. What was read before stands. */
export interface CaptureDamage {
  readonly reason: 'cut-off' | 'corrupt';
  /** Byte at which the damaged record begins. */
  readonly offset: number;
}

/** The generator's return value: how the file ended. */
export interface CaptureEnd {
  readonly damage: CaptureDamage | undefined;
  /** Records that are whole but cannot be used: of an interface that was never described. */
  readonly skippedRecords: number;
}

export type CapturePackets = Generator<CapturedPacket, CaptureEnd, undefined>;

const pcapngSectionHeader = 0x0a0d0d0a;

/** @throws TypeError if the file is neither pcap nor pcapng. */
export function readCapture(source: ByteSource): CapturePackets {
  const magic = source.take(4);
  if (magic === undefined) throw new TypeError('shorter than any capture');
  return magic.readUInt32BE(0) === pcapngSectionHeader
    ? readPcapngBlocks(source)
    : readPcapRecords(source, Buffer.from(magic));
}
