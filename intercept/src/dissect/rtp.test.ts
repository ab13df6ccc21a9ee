import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dissectAll, dissectRtp } from './rtp.ts';

describe('dissectRtp', () => {
  it('leaves out header extension and padding', () => {
    // V=2, P, X, no CSRC; PT 111; sequence 7; timestamp 960; SSRC 1; one extension word; "abc"; 2 bytes of padding.
    const bytes = Buffer.from(
      'b06f0007000003c000000001' + 'bede0001' + '10ff0000' + '616263' + '0002',
      'hex',
    );
    const packet = dissectRtp(bytes);
    expect(Buffer.from(packet?.payload ?? []).toString()).toBe('abc');
    expect(packet?.header).toMatchObject({ payloadType: 111, sequenceNumber: 7, timestamp: 960 });
  });

  it('refuses padding longer than the packet, and zero padding', () => {
    expect(dissectRtp(Buffer.from('a06f0007000003c000000001ff', 'hex'))).toBeUndefined();
    expect(dissectRtp(Buffer.from('a06f0007000003c00000000100', 'hex'))).toBeUndefined();
  });

  it('never throws, and never reads past the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const [packet] = dissectAll([bytes]);
        if (packet === undefined) return;
        expect(packet.header.headerBytes + packet.payload.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
