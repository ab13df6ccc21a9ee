import { x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { agreeX25519 } from '../src/handshake/key-schedule.ts';
import vectors from './vectors/rfc7748.json' with { type: 'json' };

describe('RFC 7748', () => {
  it.each(vectors.multiplication.cases)('5.2 scalar $scalar', ({ scalar, u, out }) => {
    expect(bytesToHex(agreeX25519(hexToBytes(scalar), hexToBytes(u)))).toBe(out);
  });

  it('5.2 iterated', () => {
    const { start, after1, after1000 } = vectors.iterated;
    let k: Uint8Array = hexToBytes(start);
    let u: Uint8Array = k;
    for (let i = 1; i <= 1000; i++) {
      [k, u] = [agreeX25519(k, u), k];
      if (i === 1) expect(bytesToHex(k)).toBe(after1);
    }
    expect(bytesToHex(k)).toBe(after1000);
  });

  it('6.1 Diffie-Hellman', () => {
    const { alicePrivate, alicePublic, bobPrivate, bobPublic, shared } = vectors.diffieHellman;
    expect(bytesToHex(x25519.getPublicKey(hexToBytes(alicePrivate)))).toBe(alicePublic);
    expect(bytesToHex(x25519.getPublicKey(hexToBytes(bobPrivate)))).toBe(bobPublic);
    expect(bytesToHex(agreeX25519(hexToBytes(alicePrivate), hexToBytes(bobPublic)))).toBe(shared);
    expect(bytesToHex(agreeX25519(hexToBytes(bobPrivate), hexToBytes(alicePublic)))).toBe(shared);
  });
});

/** Section 7: points whose result is zero for every key, in both spellings where there are two. */
const lowOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('6.1 all-zero results', () => {
  it.each(lowOrder)('are refused for %s', (point) => {
    const secretKey = new Uint8Array(32).fill(0x40);
    expect(() => agreeX25519(secretKey, hexToBytes(point))).toThrow(
      expect.objectContaining({ code: 'low-order-point' }),
    );
  });
});
