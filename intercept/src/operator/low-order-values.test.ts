import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lowOrderValues } from './low-order-values.ts';

/** RFC 8410 section 4: SubjectPublicKeyInfo of an X25519 key, before its 32 bytes. */
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

describe('values of low order', () => {
  it('are fourteen spellings of five points', () => {
    expect(lowOrderValues).toHaveLength(14);
    expect(new Set(lowOrderValues.map((value) => Buffer.from(value).toString('hex'))).size).toBe(
      14,
    );
  });

  it.each(lowOrderValues.map((value) => [Buffer.from(value).toString('hex')]))(
    '%s has no secret in another implementation either',
    (hex) => {
      const { privateKey } = generateKeyPairSync('x25519', {
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const key = Buffer.concat([publicPrefix, Buffer.from(hex, 'hex')]);
      const publicKey = createPublicKey({ key, type: 'spki', format: 'der' });
      // OpenSSL refuses a secret that is all zero.
      expect(() => diffieHellman({ privateKey: createPrivateKey(privateKey), publicKey })).toThrow(
        'failed during derivation',
      );
    },
  );
});
