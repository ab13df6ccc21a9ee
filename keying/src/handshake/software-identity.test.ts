/** RFC 8032 section 7.1, TEST 2: values as printed there. */
import { expect, it } from 'vitest';
import { hexToBytes } from '../bytes.ts';
import { Secret } from '../secret.ts';
import { softwareIdentity } from './software-identity.ts';

const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const signature =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
  '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

it('has the public key and the signature of RFC 8032', async () => {
  const identity = softwareIdentity(Secret.take(hexToBytes(seed)));
  expect(identity.publicKey).toEqual(hexToBytes(publicKey));
  expect(await identity.sign(hexToBytes('72'))).toEqual(hexToBytes(signature));
});

it('signs nothing once its seed is wiped', async () => {
  const secret = Secret.take(hexToBytes(seed));
  const identity = softwareIdentity(secret);
  secret.wipe();
  await expect(identity.sign(hexToBytes('72'))).rejects.toThrow(TypeError);
});

it.each([0, 31, 33, 64])('refuses a seed of %i bytes', (length) => {
  expect(() => softwareIdentity(Secret.take(new Uint8Array(length)))).toThrow(RangeError);
});
