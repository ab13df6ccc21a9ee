import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { expand, extract } from '../src/hkdf.ts';
import { hkdf } from './reference/web-hkdf.ts';
import vectors from './vectors/rfc5869.json' with { type: 'json' };

describe('RFC 5869 appendix A', () => {
  it.each(vectors.cases)('$name', async (c) => {
    const [ikm, salt, info] = [hexToBytes(c.ikm), hexToBytes(c.salt), hexToBytes(c.info)];
    const prk = extract(sha256, ikm, salt);
    expect(bytesToHex(prk)).toBe(c.prk);
    expect(bytesToHex(expand(sha256, prk, { info, length: c.length }))).toBe(c.okm);
    // The reference that other tests rely on has to be right as well.
    const reference = await hkdf({ hash: 'SHA-256', ikm, salt, info, length: c.length });
    expect(bytesToHex(reference)).toBe(c.okm);
  });
});
