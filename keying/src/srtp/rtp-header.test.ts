import { expect, it } from 'vitest';
import { parseRtpHeader, rtpPayload } from './rtp-header.ts';

/** Version 2 and, if asked, padding; 12 bytes of header. */
function packet(body: readonly number[], isPadded: boolean): Uint8Array {
  return Uint8Array.of(isPadded ? 0xa0 : 0x80, 111, 0, 7, 0, 0, 3, 192, 0, 0, 0, 1, ...body);
}

function payload(body: readonly number[], isPadded = true): readonly number[] | undefined {
  const bytes = packet(body, isPadded);
  const header = parseRtpHeader(bytes);
  if (header === undefined) throw new Error('not RTP');
  const carried = rtpPayload(bytes, header);
  return carried && [...carried];
}

it('is what follows the header, without the padding that its last byte counts', () => {
  expect(payload([1, 2, 3], false)).toEqual([1, 2, 3]);
  expect(payload([1, 2, 3, 0, 2])).toEqual([1, 2, 3]);
  expect(payload([0, 2])).toEqual([]);
});

it('is nothing where the padding counts to nothing, or to more than there is', () => {
  expect(payload([1, 2, 0])).toBeUndefined();
  expect(payload([1, 2, 4])).toBeUndefined();
});
