/** RFC 9605 appendix C.2 and C.3: what is timed is SFrame. */
import { hexToBytes } from '@earshot/keying/bytes';
import { frameSuites, frameSuiteTable, type FrameSuite } from '@earshot/keying/sframe';
import { describe, expect, it } from 'vitest';
import vectors from '../../keying/test/vectors/rfc9605.json' with { type: 'json' };
import { createWebCryptoAead, WebCryptoContext } from './webcrypto-sframe.ts';

/** In a buffer of its own, as WebCrypto's types want it. */
function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hexToBytes(hex));
}

function suiteOf(id: number): FrameSuite {
  const suite = frameSuites.find((name) => frameSuiteTable[name].id === id);
  if (suite === undefined) throw new Error(`no suite ${id}`);
  return suite;
}

it('has vectors for every suite', () => {
  expect(vectors.aesCtrHmac.cases.map((c) => c.cipher_suite)).toEqual([1, 2, 3]);
  expect(vectors.sframe.cases.map((c) => c.cipher_suite)).toEqual([1, 2, 3, 4, 5]);
});

describe('C.2 AEAD from AES-CTR and HMAC', () => {
  it.each(vectors.aesCtrHmac.cases)('suite $cipher_suite', async (c) => {
    const aead = await createWebCryptoAead(suiteOf(c.cipher_suite), fromHex(c.key));
    const [nonce, aad] = [fromHex(c.nonce), fromHex(c.aad)];
    expect(await aead.seal(nonce, aad, fromHex(c.pt))).toEqual(fromHex(c.ct));
    expect(await aead.open(nonce, aad, fromHex(c.ct))).toEqual(fromHex(c.pt));
  });
});

describe('C.3 SFrame', () => {
  it.each(vectors.sframe.cases)('suite $cipher_suite', async (c) => {
    const context = await WebCryptoContext.create({
      suite: suiteOf(c.cipher_suite),
      kid: BigInt(c.kid),
      baseKey: fromHex(c.base_key),
      metadata: fromHex(c.metadata),
      firstCounter: Number(c.ctr),
    });
    expect(await context.seal(fromHex(c.pt))).toEqual(fromHex(c.ct));
    expect(await context.open(fromHex(c.ct))).toEqual(fromHex(c.pt));
  });

  it.each(vectors.sframe.cases)('suite $cipher_suite refuses a changed frame', async (c) => {
    const context = await WebCryptoContext.create({
      suite: suiteOf(c.cipher_suite),
      kid: BigInt(c.kid),
      baseKey: fromHex(c.base_key),
      metadata: fromHex(c.metadata),
    });
    const frame = fromHex(c.ct);
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    expect(await context.open(frame)).toBeUndefined();
    expect(await context.open(fromHex(c.ct).subarray(0, 8))).toBeUndefined();
  });
});
