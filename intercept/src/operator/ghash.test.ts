import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromElement, ghash, inverse, multiply, toElement } from './ghash.ts';

/** The element 1. */
const one = 1n << 127n;

describe('GHASH', () => {
  it.each([0, 1, 16, 40])(
    'gives the tag of AES-GCM with %i bytes of associated data',
    (aadBytes) => {
      const [key, nonce] = [randomBytes(16), randomBytes(12)];
      const aad = randomBytes(aadBytes);
      const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(aad);
      const ciphertext = Buffer.concat([cipher.update(randomBytes(37)), cipher.final()]);
      const block = (input: Uint8Array): bigint =>
        toElement(createCipheriv('aes-128-ecb', key, null).update(input));
      const h = block(new Uint8Array(16));
      const mask = block(Buffer.concat([nonce, Uint8Array.of(0, 0, 0, 1)]));
      const tag = fromElement(ghash(h, { aad, ciphertext }) ^ mask);
      expect(Buffer.from(tag)).toEqual(cipher.getAuthTag());
    },
  );

  it('has inverses', () => {
    const x = toElement(randomBytes(16));
    expect(multiply(x, inverse(x))).toBe(one);
    expect(() => inverse(0n)).toThrow(RangeError);
  });
});
