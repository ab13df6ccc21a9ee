import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TapError } from './operator-listener.ts';
import { parseTap } from './sfu-tap.ts';

const producer = '0d3f6c1e-8f0a-4a55-9c65-1b2b7a3f9e10';

describe('parseTap', () => {
  it('splits packets', () => {
    const bytes = Buffer.concat([frame('80aa'), frame(''), frame('8001020304')]);
    expect(parseTap(bytes)).toEqual([
      { producerId: producer, rtp: Uint8Array.of(0x80, 0xaa) },
      { producerId: producer, rtp: new Uint8Array(0) },
      { producerId: producer, rtp: Uint8Array.of(0x80, 1, 2, 3, 4) },
    ]);
  });

  it('refuses a cut-off tap, whatever the bytes', () => {
    expect(() => parseTap(frame('80aa').subarray(0, -1))).toThrow(TapError);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        try {
          parseTap(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TapError);
        }
      }),
    );
  });
});

function frame(rtpHex: string): Buffer {
  const rtp = Buffer.from(rtpHex, 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(36 + rtp.length);
  return Buffer.concat([length, Buffer.from(producer, 'ascii'), rtp]);
}
