import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from './byte-source.ts';
import { readCapture, type CaptureEnd, type CapturedPacket } from './capture.ts';
import { readPcap } from './pcap.ts';

/** Bytes as the drafts draw them; spaces are for the eye. */
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** IPv4 10.0.0.1:4000 to 10.0.0.2:5000, UDP, "hi". */
const ipv4 = '4500001e00000000401100000a0000010a000002 0fa01388000a0000 6869';
/** IPv6 2001:db8::1 to ::1, hop-by-hop options of 8 bytes, then the same. */
const ipv6 =
  '60000000 0012 00 40 20010db8000000000000000000000001 00000000000000000000000000000001' +
  '1100010400000000 0fa01388000a0000 6869';

function read(file: Buffer): { packets: CapturedPacket[]; end: CaptureEnd } {
  const packets: CapturedPacket[] = [];
  const reader = readCapture(memorySource(file));
  for (;;) {
    const next = reader.next();
    if (next.done === true) return { packets, end: next.value };
    packets.push({ ...next.value, bytes: Buffer.from(next.value.bytes) });
  }
}

/** A pcap file of one frame, little-endian. */
function pcap(linkType: number, frame: string): Buffer {
  const bytes = hex(frame);
  const header = hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 00000000 01000000 02000000');
  header.writeUInt32LE(linkType, 20);
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(bytes.length, 0);
  lengths.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, lengths, bytes]);
}

const payloads = (file: Buffer): string[] =>
  readPcap(file).map(
    ({ from, to, payload }) =>
      `${from.address}:${from.port} ${to.address}:${to.port} ${Buffer.from(payload).toString()}`,
  );
const hi4 = '10.0.0.1:4000 10.0.0.2:5000 hi';
const hi6 = '2001:db8::1:4000 ::1:5000 hi';

describe('link types', () => {
  const ethernet = '000000000002 000000000001';
  it.each([
    ['raw IP', 101, ipv4, hi4],
    ['raw IP of BSD', 12, ipv4, hi4],
    ['IPv6', 229, ipv6, hi6],
    ['Ethernet, padded to its least length', 1, `${ethernet} 0800 ${ipv4} ${'00'.repeat(20)}`, hi4],
    ['Ethernet, one VLAN tag', 1, `${ethernet} 8100 0064 0800 ${ipv4}`, hi4],
    ['Ethernet, two VLAN tags', 1, `${ethernet} 88a8 0001 8100 0064 86dd ${ipv6}`, hi6],
    ['loopback, little-endian', 0, `02000000 ${ipv4}`, hi4],
    ['loopback, big-endian, IPv6 of macOS', 0, `0000001e ${ipv6}`, hi6],
    ['loopback of OpenBSD', 108, `00000002 ${ipv4}`, hi4],
    ['Linux cooked', 113, `0000 0304 0006 0000000000000000 0800 ${ipv4}`, hi4],
    ['Linux cooked 2', 276, `86dd 0000 00000001 0304 00 06 0000000000000000 ${ipv6}`, hi6],
    [
      'Linux cooked 2, tag',
      276,
      `8100 0000 00000001 0304 00 06 0000000000000000 0064 0800 ${ipv4}`,
      hi4,
    ],
  ])('%s', (_, linkType, frame, expected) => {
    expect(payloads(pcap(linkType, frame))).toEqual([expected]);
  });
});

describe('IP', () => {
  it.each([
    ['options', '4600002200000000401100000a0000010a000002 01010101 0fa01388000a0000 6869', [hi4]],
    ['a fragment', '4500001e00002000401100000a0000010a000002 0fa01388000a0000 6869', []],
    ['a later fragment', '4500001e00000001401100000a0000010a000002 0fa01388000a0000 6869', []],
    ['TCP', '4500001e00000000400600000a0000010a000002 0fa01388000a0000 6869', []],
    [
      'UDP longer than its packet',
      '4500001e00000000401100000a0000010a000002 0fa01388000b0000 6869',
      [],
    ],
    [
      'a header length of zero',
      '4000001e00000000401100000a0000010a000002 0fa01388000a0000 6869',
      [],
    ],
  ])('%s', (_, packet, expected) => {
    expect(payloads(pcap(101, packet))).toEqual(expected);
  });

  it('IPv6: an atomic fragment is whole, a real one is left out', () => {
    const header = '60000000 0012 2c 40' + '00'.repeat(15) + '02' + '00'.repeat(15) + '01';
    const atomic = `${header} 1100 0000 00000007 0fa01388000a0000 6869`;
    expect(payloads(pcap(101, atomic))).toEqual(['::2:4000 ::1:5000 hi']);
    expect(payloads(pcap(101, atomic.replace('1100 0000', '1100 0001')))).toEqual([]);
  });
});

/** One packet, 2 * 10^9 ticks from the offset of its interface. */
const enhanced = `00000006 00000040 00000000 00000000 77359400 0000001e 0000001e ${ipv4} 0000 00000040`;
/** Section header, one interface of raw IP in nanoseconds from an offset of 1 s, a foreign block, the packet. */
const bigEndian = [
  '0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c',
  '00000001 0000002c 0065 0000 00000000',
  '0009 0001 09000000 000e 0008 0000000000000001 0000 0000 0000002c',
  '00000bad 00000010 deadbeef 00000010',
  enhanced,
].join('');

describe('pcapng', () => {
  it('reads enhanced packets, resolution and offset of the interface, big-endian', () => {
    const { packets, end } = read(hex(bigEndian));
    expect(packets.map(({ atUs, linkType }) => [atUs, linkType])).toEqual([[3_000_000, 101]]);
    expect(end).toEqual({ damage: undefined, skippedRecords: 0 });
    expect(payloads(hex(bigEndian))).toEqual([hi4]);
  });

  it('reads a second section in the other byte order, simple and old packets', () => {
    const little = [
      '0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000',
      '01000000 14000000 6500 0000 ffff0000 14000000',
      `03000000 30000000 1e000000 ${ipv4} 0000 30000000`,
      `02000000 40000000 0000 0000 00000000 07000000 1e000000 1e000000 ${ipv4} 0000 40000000`,
    ].join('');
    const { packets } = read(hex(bigEndian + little));
    expect(packets.map(({ atUs }) => atUs)).toEqual([3_000_000, 0, 7]);
    expect(payloads(hex(bigEndian + little))).toEqual([hi4, hi4, hi4]);
  });

  it('counts a packet of an interface that was never described', () => {
    const unknown = enhanced.replace('00000000 00000000 77359400', '00000001 00000000 77359400');
    const { packets, end } = read(hex(bigEndian + unknown + enhanced));
    expect([packets.length, end.skippedRecords, end.damage]).toEqual([2, 1, undefined]);
  });

  it.each([
    ['a block length of zero', '00000006 00000000'],
    ['a block length of four', '00000006 00000004'],
    ['a block of 4 GiB', '00000006 fffffffc'],
    ['a length that is not repeated', enhanced.slice(0, -8) + '00000044'],
    ['a section without its magic', '0a0d0d0a 0000001c 00000000'],
  ])('stops at %s and keeps what came before', (_, block) => {
    const before = hex(bigEndian);
    const { packets, end } = read(Buffer.concat([before, hex(block), Buffer.alloc(64)]));
    expect(packets).toHaveLength(1);
    expect(end.damage).toEqual({ reason: 'corrupt', offset: before.length });
  });

  it('passes over a foreign block that claims 4 GiB, up to the end', () => {
    const { packets, end } = read(hex(`${bigEndian} 00000bad fffffffc 00`));
    expect(packets).toHaveLength(1);
    expect(end.damage?.reason).toBe('cut-off');
  });
});

describe('pcap', () => {
  it('says where it was cut off, and refuses a record longer than any packet', () => {
    const whole = pcap(101, ipv4);
    expect(read(whole.subarray(0, -1)).end.damage).toEqual({ reason: 'cut-off', offset: 24 });
    const long = Buffer.from(whole);
    long.writeUInt32LE(0xffff_ffff, 32);
    expect(read(long).end.damage).toEqual({ reason: 'corrupt', offset: 24 });
    expect(() => read(Buffer.from('GIF89a'))).toThrow(TypeError);
  });
});

describe('hostile files', () => {
  const seeds = [hex(bigEndian), pcap(1, `000000000002000000000001 8100 0064 0800 ${ipv4}`)];
  it('end, whatever was changed in them', () => {
    const change = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 8 }),
        fc.uint8Array({ maxLength: 64 }),
        (seed, changes, tail) => {
          const file = Buffer.concat([seed, tail]);
          for (const { at, value } of changes) file[at % file.length] = value;
          try {
            for (const { payload } of readPcap(file)) {
              expect(payload.length).toBeLessThanOrEqual(file.length);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
