/** RFC 9605 appendix C, each case in both directions. */
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { createAead } from '../src/sframe/aead.ts';
import { deriveFrameKeys } from '../src/sframe/key-schedule.ts';
import {
  encodeHeader,
  frameSuites,
  frameSuiteTable,
  OpeningContext,
  parseHeader,
  SealingContext,
} from '../src/sframe/index.ts';
import type { FrameSuite } from '../src/sframe/index.ts';
import vectors from './vectors/rfc9605.json' with { type: 'json' };

function suiteOf(id: number): FrameSuite {
  const suite = frameSuites.find((name) => frameSuiteTable[name].id === id);
  if (suite === undefined) throw new Error(`no suite ${id}`);
  return suite;
}

describe('C.1 header', () => {
  it('has 289 cases', () => expect(vectors.header.cases).toHaveLength(289));

  it.each(vectors.header.cases)('KID $kid, CTR $ctr', ({ kid, ctr, encoded }) => {
    const header = { kid: BigInt(kid), counter: BigInt(ctr) };
    expect(bytesToHex(encodeHeader(header))).toBe(encoded);
    const bytes = hexToBytes(encoded);
    expect(parseHeader(bytes)).toEqual({ ...header, length: bytes.length });
  });
});

describe('C.2 AEAD from AES-CTR and HMAC', () => {
  it('has a case for each of the three suites', () => {
    expect(vectors.aesCtrHmac.cases.map(({ cipher_suite }) => cipher_suite)).toEqual([1, 2, 3]);
  });

  it.each(vectors.aesCtrHmac.cases)('suite $cipher_suite', (c) => {
    const aead = createAead(suiteOf(c.cipher_suite), hexToBytes(c.key));
    const nonce = hexToBytes(c.nonce);
    const aad = hexToBytes(c.aad);
    const sealed = new Uint8Array(c.ct.length / 2);
    aead.seal({ nonce, aad, plaintext: hexToBytes(c.pt) }, sealed);
    expect(bytesToHex(sealed)).toBe(c.ct);
    expect(aead.open({ nonce, aad, sealed: hexToBytes(c.ct) })).toEqual(hexToBytes(c.pt));
  });
});

describe('C.3 SFrame', () => {
  it('has a case for each of the five suites', () => {
    expect(vectors.sframe.cases.map(({ cipher_suite }) => cipher_suite)).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(vectors.sframe.cases)('keys of suite $cipher_suite', (c) => {
    const suite = suiteOf(c.cipher_suite);
    const { key, salt } = deriveFrameKeys(suite, BigInt(c.kid), hexToBytes(c.base_key));
    expect(bytesToHex(key)).toBe(c.sframe_key);
    expect(bytesToHex(salt)).toBe(c.sframe_salt);
  });

  it.each(vectors.sframe.cases)('frame of suite $cipher_suite', (c) => {
    const options = {
      suite: suiteOf(c.cipher_suite),
      kid: BigInt(c.kid),
      baseKey: hexToBytes(c.base_key),
      metadata: hexToBytes(c.metadata),
    };
    const frame = hexToBytes(c.ct);
    const header = parseHeader(frame);
    if (header === undefined) throw new Error('no header');
    expect(header.counter).toBe(BigInt(c.ctr));
    expect(new OpeningContext(options).open(frame, header)).toEqual({
      ok: true,
      bytes: hexToBytes(c.pt),
    });
    const sealed = new Uint8Array(frame.length - header.length);
    const plaintext = hexToBytes(c.pt);
    createAead(options.suite, hexToBytes(c.sframe_key)).seal(
      { nonce: hexToBytes(c.nonce), aad: hexToBytes(c.aad), plaintext },
      sealed,
    );
    expect(sealed).toEqual(frame.subarray(header.length));
  });

  it('sealing context, counted up to the vector of suite 1', () => {
    const c = vectors.sframe.cases[0]!;
    const context = new SealingContext({
      suite: suiteOf(c.cipher_suite),
      kid: BigInt(c.kid),
      baseKey: hexToBytes(c.base_key),
      metadata: hexToBytes(c.metadata),
    });
    // No option sets the counter: it gets there by sealing.
    const empty = new Uint8Array(0);
    for (let i = 0; i < Number(c.ctr); i++) context.seal(empty);
    expect(context.seal(hexToBytes(c.pt))).toEqual({ ok: true, bytes: hexToBytes(c.ct) });
  });
});
