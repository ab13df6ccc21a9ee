/** Writes `schema/verdicts.schema.json`: `node intercept/src/lab/write-schema.ts` after the schema has changed. */
import { writeFileSync } from 'node:fs';
import { verdictsJsonSchema } from './verdict-schema.ts';

const published = new URL('../../schema/verdicts.schema.json', import.meta.url);
writeFileSync(published, `${JSON.stringify(verdictsJsonSchema(), undefined, 2)}\n`);
