import { expect, test } from 'vitest';
import { turnCredentials, turnLifetimeSeconds } from './turn-credentials.ts';

test('are what coturn computes: base64 of HMAC-SHA1 over "expiry:user"', () => {
  const made = turnCredentials('north', { user: 'p1', nowSeconds: 1_800_000_000.9 });
  expect(made.username).toBe(`${1_800_000_000 + turnLifetimeSeconds}:p1`);
  expect(made.username).toBe('1800043200:p1');
  // printf 1800043200:p1 | openssl dgst -sha1 -hmac north -binary | base64
  expect(made.credential).toBe('5oMyP54xUufA3Dmn4cVwaMCSK48=');
});
