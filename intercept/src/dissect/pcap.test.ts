import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPcap, writePcap, type Datagram } from './pcap.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const endpoint = fc.record({ address: fc.ipV4(), port });
const datagram: fc.Arbitrary<Datagram> = fc.record({
  atUs: fc.integer({ min: 0, max: 2 ** 32 * 1e6 - 1 }),
  from: endpoint,
  to: endpoint,
  payload: fc.uint8Array({ maxLength: 2000 }),
});

describe('pcap', () => {
  it('writes the format byte for byte', () => {
    const file = writePcap([
      {
        atUs: 2_000_003,
        from: { address: '10.0.0.1', port: 4000 },
        to: { address: '10.0.0.2', port: 5000 },
        payload: new Uint8Array(Buffer.from('hi')),
      },
    ]);
    // Written out by hand; the IPv4 checksum 66cd too (RFC 1071).
    expect(Buffer.from(file).toString('hex')).toBe(
      'd4c3b2a1' +
        '02000400' +
        '00000000' +
        '00000000' +
        'ffff0000' +
        '65000000' +
        '02000000' +
        '03000000' +
        '1e000000' +
        '1e000000' +
        '4500001e00000000401166cd0a0000010a000002' +
        '0fa01388000a0000' +
        '6869',
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.array(datagram, { maxLength: 5 }), (datagrams) => {
        expect(readPcap(writePcap(datagrams))).toEqual(datagrams);
      }),
    );
  });

  it('reads a capture in the other byte order with Ethernet frames', () => {
    // One frame: Ethernet, IPv4 10.0.0.1:4000 to 10.0.0.2:5000, UDP, "hi". Written out by hand.
    const file = Buffer.from(
      'a1b2c3d4' +
        '00020004' +
        '00000000' +
        '00000000' +
        '0000ffff' +
        '00000001' +
        '00000002' +
        '00000003' +
        '0000002c' +
        '0000002c' +
        '000000000002' +
        '000000000001' +
        '0800' +
        '4500001e00000000401100000a0000010a000002' +
        '0fa01388000a0000' +
        '6869',
      'hex',
    );
    expect(readPcap(file)).toEqual([
      {
        atUs: 2_000_003,
        from: { address: '10.0.0.1', port: 4000 },
        to: { address: '10.0.0.2', port: 5000 },
        payload: new Uint8Array(Buffer.from('hi')),
      },
    ]);
  });

  it('never throws anything but TypeError, and leaves out what is cut off', () => {
    const whole = writePcap([
      {
        atUs: 1,
        from: { address: '127.0.0.1', port: 1 },
        to: { address: '127.0.0.1', port: 2 },
        payload: Uint8Array.of(1, 2, 3),
      },
    ]);
    expect(readPcap(whole.subarray(0, -1))).toEqual([]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, hasHeader) => {
        const bytes = hasHeader ? Buffer.concat([whole.subarray(0, 24), noise]) : noise;
        try {
          readPcap(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});
