/** Against @noble, which no frame passes any more under these suites. The RFC's vectors: `test/rfc9605.test.ts`. */
import { ctr } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameCipher } from './frame-cipher.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const text = fc.uint8Array({ maxLength: 700 });

function encrypted(cipher: FrameCipher, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const before = 5;
  cipher.message(before + plaintext.length).set(plaintext, before);
  cipher.encrypt(nonce, before, plaintext.length);
  return cipher.message(before + plaintext.length).slice(before);
}

function tagOf(cipher: FrameCipher, message: Uint8Array): Uint8Array {
  cipher.message(message.length).set(message);
  return cipher.authenticate(message.length).slice();
}

function expectedText(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const counterBlock = new Uint8Array(16);
  counterBlock.set(nonce);
  return plaintext.length === 0 ? plaintext : ctr(key, counterBlock).encrypt(plaintext);
}

describe('AES-128 in counter mode', () => {
  const cipher = new FrameCipher();

  it('is what @noble computes, whatever key, nonce and text', () => {
    fc.assert(
      fc.property(bytes(16), bytes(12), text, (key, nonce, plaintext) => {
        cipher.use(cipher.prepareKey(key, key));
        expect(encrypted(cipher, nonce, plaintext)).toEqual(expectedText(key, nonce, plaintext));
      }),
    );
  });

  it('counts blocks past one byte, and takes more memory for long texts', () => {
    const [key, nonce] = [new Uint8Array(16).fill(3), new Uint8Array(12).fill(4)];
    const plaintext = new Uint8Array(200_001).fill(5);
    cipher.use(cipher.prepareKey(key, key));
    const [seen, due] = [encrypted(cipher, nonce, plaintext), expectedText(key, nonce, plaintext)];
    expect(seen.every((byte, i) => byte === due[i])).toBe(true);
    expect(seen).toHaveLength(due.length);
  });
});

describe('HMAC-SHA-256', () => {
  const cipher = new FrameCipher();

  it('is what @noble computes, whatever key and message', () => {
    const anyKey = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(anyKey, text, (authKey, message) => {
        cipher.use(cipher.prepareKey(new Uint8Array(16), authKey));
        expect(tagOf(cipher, message)).toEqual(hmac(sha256, authKey, message));
      }),
    );
  });

  it('pads every length of a block and around it', () => {
    const authKey = new Uint8Array(32).fill(9);
    cipher.use(cipher.prepareKey(new Uint8Array(16), authKey));
    for (let length = 0; length <= 130; length++) {
      const message = new Uint8Array(length).fill(length);
      expect(tagOf(cipher, message)).toEqual(hmac(sha256, authKey, message));
    }
  });

  it('refuses a key that is longer than a block', () => {
    expect(() => cipher.prepareKey(new Uint8Array(16), new Uint8Array(65))).toThrow(RangeError);
  });
});

describe('keys of one instance', () => {
  it('do not disturb each other', () => {
    const cipher = new FrameCipher();
    const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const [one, two] = [first, second].map((key) => cipher.prepareKey(key.subarray(16), key));
    const message = Uint8Array.of(1, 2, 3);
    for (const [key, prepared] of [
      [first, one],
      [second, two],
      [first, one],
    ] as const) {
      if (prepared === undefined) throw new TypeError('no key');
      cipher.use(prepared);
      expect(tagOf(cipher, message)).toEqual(hmac(sha256, key, message));
    }
  });

  it('are gone once wiped, and the other one still works', () => {
    const cipher = new FrameCipher();
    const [gone, kept] = [1, 2].map((fill) => {
      const key = new Uint8Array(32).fill(fill);
      return cipher.prepareKey(key.subarray(16), key);
    });
    if (gone === undefined || kept === undefined) throw new TypeError('no key');
    cipher.use(gone);
    const underGone = tagOf(cipher, Uint8Array.of(1));
    cipher.wipe(gone);
    expect(gone.every((byte) => byte === 0)).toBe(true);
    cipher.use(gone);
    expect(tagOf(cipher, Uint8Array.of(1))).not.toEqual(underGone);
    cipher.use(kept);
    expect(tagOf(cipher, Uint8Array.of(1))).toEqual(
      hmac(sha256, new Uint8Array(32).fill(2), Uint8Array.of(1)),
    );
  });
});
