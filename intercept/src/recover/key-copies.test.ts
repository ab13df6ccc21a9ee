import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesIn, copiesOf } from './key-copies.ts';

const key = Uint8Array.from({ length: 30 }, (_, i) => (i * 37 + 5) & 0xff);
const inBase64 = Buffer.from(key).toString('base64');

describe('copiesOf', () => {
  it('finds a key in an a=crypto line, in hexadecimal and in base64url', () => {
    expect(copiesOf(key, `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${inBase64}`)).toBe(1);
    expect(copiesOf(key, Buffer.from(key).toString('hex').toUpperCase())).toBe(1);
    expect(copiesOf(key, Buffer.from(key).toString('base64url'))).toBe(1);
  });

  it('counts each copy once', () => {
    expect(copiesOf(key, `${inBase64} and ${inBase64}`)).toBe(2);
  });

  it('finds a key within a longer run, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 48 }),
        fc.uint8Array({ maxLength: 12 }),
        fc.uint8Array({ maxLength: 12 }),
        (secret, before, after) => {
          const blob = Buffer.concat([before, secret, after]).toString('base64');
          expect(copiesOf(secret, `{"blob":"${blob}"}`)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('does not find another key', () => {
    const other = key.with(15, (key[15] ?? 0) ^ 1);
    expect(copiesOf(other, inBase64)).toBe(0);
  });
});

describe('bytesIn', () => {
  const apart = Buffer.alloc(24, 1);

  it('counts a key as bytes, and as the texts that hold it', () => {
    const memory = Buffer.concat([apart, key, apart, key, apart, Buffer.from(inBase64), apart]);
    expect(bytesIn(key, memory)).toBe(3);
    expect(bytesIn(key, Buffer.from(`${Buffer.from(key).toString('hex')} ${inBase64}`))).toBe(2);
  });

  it('does not find another key', () => {
    const other = key.with(15, (key[15] ?? 0) ^ 1);
    expect(bytesIn(other, Buffer.concat([apart, key, Buffer.from(inBase64)]))).toBe(0);
  });
});
