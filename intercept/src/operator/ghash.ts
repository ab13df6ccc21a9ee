/**
 * GHASH (NIST SP 800-38D section 6.4) as what it is: a polynomial over GF(2^128), linear in each block. Who
 * knows the key H can say what a block must be for the sum to come out as wanted.
 */

/** Of GF(2^128), in the standard's bit order: the first bit of the first byte is the coefficient of x^0. */
export type FieldElement = bigint;

const bits = 128n;
const blockBytes = 16;
/** Section 6.3: R, the bits 11100001 followed by zeros. */
const reduction = 0xe1n << 120n;
/** One bit past the last: the order of the field's multiplicative group is 2^128 - 1. */
const inverseExponentBits = 127;

/** Section 6.3, algorithm 1. */
export function multiply(x: FieldElement, y: FieldElement): FieldElement {
  let product = 0n;
  let v = y;
  for (let bit = bits - 1n; bit >= 0n; bit--) {
    if (((x >> bit) & 1n) === 1n) product ^= v;
    v = (v & 1n) === 1n ? (v >> 1n) ^ reduction : v >> 1n;
  }
  return product;
}

/** x^(2^128 - 2): by Fermat the inverse of x. @throws RangeError for zero */
export function inverse(x: FieldElement): FieldElement {
  if (x === 0n) throw new RangeError('zero has no inverse');
  let square = x;
  let result: FieldElement | undefined;
  for (let i = 0; i < inverseExponentBits; i++) {
    square = multiply(square, square);
    result = result === undefined ? square : multiply(result, square);
  }
  return result ?? x;
}

/** Of associated data and ciphertext, as GCM has it: both filled up with zeros, then both lengths. */
export function ghash(
  h: FieldElement,
  { aad, ciphertext }: { readonly aad: Uint8Array; readonly ciphertext: Uint8Array },
): FieldElement {
  const lengths = (BigInt(8 * aad.length) << 64n) | BigInt(8 * ciphertext.length);
  let sum = 0n;
  for (const block of [...blocksOf(aad), ...blocksOf(ciphertext), lengths]) {
    sum = multiply(sum ^ block, h);
  }
  return sum;
}

/** Up to 16 bytes; missing ones are zero. */
export function toElement(bytes: Uint8Array): FieldElement {
  const block = Buffer.alloc(blockBytes);
  block.set(bytes.subarray(0, blockBytes));
  return BigInt(`0x${block.toString('hex')}`);
}

/** 16 bytes. */
export function fromElement(element: FieldElement): Uint8Array {
  return new Uint8Array(Buffer.from(element.toString(16).padStart(2 * blockBytes, '0'), 'hex'));
}

function blocksOf(bytes: Uint8Array): FieldElement[] {
  return Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, i) =>
    toElement(bytes.subarray(blockBytes * i)),
  );
}
