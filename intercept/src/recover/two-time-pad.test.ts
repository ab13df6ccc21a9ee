import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openByXor } from './two-time-pad.ts';

it('opens what shares a keystream with a known text, and nothing else', () => {
  const [key, nonce] = [randomBytes(16), randomBytes(16)];
  const seal = (text: Uint8Array, iv: Uint8Array): Uint8Array =>
    new Uint8Array(createCipheriv('aes-128-ctr', key, iv).update(text));
  const [known, secret] = [new Uint8Array(randomBytes(40)), new Uint8Array(randomBytes(30))];
  const knownFrame = { ciphertext: seal(known, nonce), plaintext: known, timestamp: 0 };
  const opened = openByXor([knownFrame], [{ ciphertext: seal(secret, nonce), timestamp: 960 }]);
  expect(opened).toEqual([{ timestamp: 960, payload: secret }]);
  const [other] = openByXor(
    [knownFrame],
    [{ ciphertext: seal(secret, randomBytes(16)), timestamp: 0 }],
  );
  expect(other?.payload).not.toEqual(secret);
  expect(openByXor([], [{ ciphertext: known, timestamp: 0 }])).toEqual([]);
});
