import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import vectors from './vectors/rfc8032.json' with { type: 'json' };

describe('RFC 8032 section 7.1, as the handshake verifies', () => {
  it.each(vectors.cases)('$name', (c) => {
    const message = hexToBytes(c.message);
    const publicKey = hexToBytes(c.publicKey);
    const signature = hexToBytes(c.signature);
    expect(bytesToHex(ed25519.getPublicKey(hexToBytes(c.secretKey)))).toBe(c.publicKey);
    expect(bytesToHex(ed25519.sign(message, hexToBytes(c.secretKey)))).toBe(c.signature);
    expect(ed25519.verify(signature, message, publicKey, { zip215: false })).toBe(true);
    const changed = signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
    expect(ed25519.verify(changed, message, publicKey, { zip215: false })).toBe(false);
  });
});
