/**
 * X25519 values whose shared secret is zero whatever the other side's key is (RFC 7748 section 6.1; the
 * points are listed at https://cr.yp.to/ecdh.html#validate): whoever sends one needs no key of its own.
 */
import type { ForgedX25519 } from './handshake-forger.ts';

/** Coordinates of the points of order 1, 2, 4 and 8 on the curve and its twist, little-endian. */
const coordinates = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  // p - 1; and p and p + 1, other spellings of 0 and 1.
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
] as const;

/** Section 5: the highest bit is not looked at, so each has two spellings. */
const ignoredBit = 0x80;

/** 32 bytes each. */
export const lowOrderValues: readonly Uint8Array[] = coordinates.flatMap((hex) => {
  const value = new Uint8Array(Buffer.from(hex, 'hex'));
  const other = value.slice();
  other[31] = (other[31] ?? 0) | ignoredBit;
  return [value, other];
});

/** To send `value`, and to know the secret without having any key. */
export function withLowOrder(value: Uint8Array): ForgedX25519 {
  return { value, agreeWith: () => new Uint8Array(32) };
}
