import { bytesToHex, hexToBytes } from '@earshot/keying/bytes';
import fc from 'fast-check';
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Ghash, ghashBytes } from './ghash.ts';

const key = fc.uint8Array({ minLength: ghashBytes, maxLength: ghashBytes });
const data = fc.uint8Array({ maxLength: 80 });

describe('Ghash', () => {
  it('gives the published value', () => {
    // McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test case 2.
    const hash = new Uint8Array(ghashBytes);
    const hashing = new Ghash(hexToBytes('66e94bd4ef8a2c3b884cfa59ca342b2e'));
    const sealed = hexToBytes('0388dace60b6a392f328c2b971b2fe78');
    hashing.update(sealed);
    hashing.finish(0, sealed.length, hash);
    expect(bytesToHex(hash)).toBe('f38cbb1ad69223dcc3457ae5b6b0f885');
  });

  it('is what OpenSSL makes its tags of, packet after packet', () => {
    fc.assert(
      fc.property(key, fc.array(fc.tuple(data, data), { maxLength: 4 }), (keyBytes, packets) => {
        const encrypt = (block: Uint8Array): Buffer =>
          createCipheriv('aes-128-ecb', keyBytes, null).update(block);
        const hashing = new Ghash(encrypt(new Uint8Array(ghashBytes)));
        const nonce = new Uint8Array(12);
        const mask = encrypt(Uint8Array.of(...nonce, 0, 0, 0, 1));
        for (const [clear, plain] of packets) {
          const cipher = createCipheriv('aes-128-gcm', keyBytes, nonce).setAAD(clear);
          const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
          hashing.update(clear);
          hashing.update(sealed);
          const hash = new Uint8Array(ghashBytes);
          hashing.finish(clear.length, sealed.length, hash);
          const tag = hash.map((byte, i) => byte ^ (mask[i] ?? 0));
          expect(bytesToHex(tag)).toBe(cipher.getAuthTag().toString('hex'));
        }
      }),
    );
  });
});
