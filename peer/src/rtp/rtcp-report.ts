/** RTCP of a sender that hears no reports back (RFC 3550 section 6): SR, SDES with its CNAME, BYE. */

const senderReport = 200;
const sourceDescription = 202;
const goodbye = 203;
/** RFC 3550 section 6.5.1. */
const cnameItem = 1;
/** Seconds from 1900 to 1970 (RFC 5905 section 6). */
const ntpEpochOffsetS = 2_208_988_800;

export interface SenderReport {
  readonly ssrc: number;
  readonly cname: string;
  /** Unix time, milliseconds. */
  readonly nowMs: number;
  readonly sent: { readonly packets: number; readonly octets: number; readonly timestamp: number };
}

/** A compound packet: SR without report blocks (section 6.4.1), then SDES (section 6.5). */
export function serializeSenderReport({ ssrc, cname, nowMs, sent }: SenderReport): Uint8Array {
  const report = Buffer.alloc(28);
  writeHeader(report, { type: senderReport, count: 0 });
  report.writeUInt32BE(ssrc, 4);
  const seconds = Math.floor(nowMs / 1000);
  report.writeUInt32BE((seconds + ntpEpochOffsetS) % 2 ** 32, 8);
  report.writeUInt32BE(Math.floor(((nowMs % 1000) / 1000) * 2 ** 32), 12);
  report.writeUInt32BE(sent.timestamp, 16);
  report.writeUInt32BE(sent.packets % 2 ** 32, 20);
  report.writeUInt32BE(sent.octets % 2 ** 32, 24);
  return Buffer.concat([report, describeSource(ssrc, cname)]);
}

/** A compound packet for the end: SR, SDES and BYE (section 6.6). */
export function serializeGoodbye(report: SenderReport): Uint8Array {
  const bye = Buffer.alloc(8);
  writeHeader(bye, { type: goodbye, count: 1 });
  bye.writeUInt32BE(report.ssrc, 4);
  return Buffer.concat([serializeSenderReport(report), bye]);
}

function describeSource(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname);
  // Header, SSRC, item; at least one null byte ends the list, filled up to 32 bits.
  const description = Buffer.alloc(4 * (Math.floor((8 + 2 + name.length) / 4) + 1));
  writeHeader(description, { type: sourceDescription, count: 1 });
  description.writeUInt32BE(ssrc, 4);
  description[8] = cnameItem;
  description[9] = name.length;
  name.copy(description, 10);
  return description;
}

/** Version 2, no padding; the length counts 32-bit words after the first. */
function writeHeader(packet: Buffer, header: { type: number; count: number }): void {
  packet[0] = 0x80 | header.count;
  packet[1] = header.type;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}
