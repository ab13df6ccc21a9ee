import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

const ones = Buffer.alloc(32, 1);

it('is the beginning of a hash of the key, in groups', async () => {
  const hash = createHash('sha256').update('earshot identity fingerprint').update(ones);
  const shown = await fingerprint(ones.toString('base64url'));
  expect(shown).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  expect(shown.replaceAll(' ', '')).toBe(hash.digest('hex').slice(0, 32));
});

it('differs for keys that differ in one bit', async () => {
  const other = Buffer.from(ones);
  other[31] = 0;
  expect(await fingerprint(other.toString('base64url'))).not.toBe(
    await fingerprint(ones.toString('base64url')),
  );
});
