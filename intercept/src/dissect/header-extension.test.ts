import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headerExtensionsOf } from './header-extension.ts';

/** As Chromium sends them: transport sequence number (id 3, two bytes), level (id 1, one byte). */
const withLevel = Buffer.from(
  '906f00010000000000000001bede0002' + '31006510' + 'e0000000' + 'aabbcc',
  'hex',
);

it('reads each element, and nothing of the padding or the payload', () => {
  expect([...headerExtensionsOf(withLevel)]).toEqual([
    [3, Buffer.from('0065', 'hex')],
    [1, Buffer.from('e0', 'hex')],
  ]);
});

it('finds none where the header has none, or has another form', () => {
  const without = Buffer.from('806f00010000000000000001aabbcc', 'hex');
  expect(headerExtensionsOf(without).size).toBe(0);
  const otherForm = Buffer.from(withLevel);
  otherForm.writeUInt16BE(0x1000, 12);
  expect(headerExtensionsOf(otherForm).size).toBe(0);
});

it('stays within any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      if (bytes.length > 0) bytes[0] = 0x90;
      for (const data of headerExtensionsOf(bytes).values()) {
        expect(data.length).toBeGreaterThan(0);
        expect(data.byteOffset + data.length).toBeLessThanOrEqual(bytes.byteOffset + bytes.length);
      }
    }),
  );
});
