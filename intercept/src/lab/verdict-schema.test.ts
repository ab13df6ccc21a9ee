import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { verdictsJsonSchema } from './verdict-schema.ts';

it('is published as it is', () => {
  const published = new URL('../../schema/verdicts.schema.json', import.meta.url);
  // After a change: node intercept/src/lab/write-schema.ts
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(verdictsJsonSchema());
});
