/** The golden samples: per message, what its schema takes and what it refuses. Written by hand. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const samples = z.record(
  z.string(),
  z.strictObject({
    accepted: z.array(z.unknown()).min(1),
    rejected: z.array(z.strictObject({ why: z.string(), value: z.unknown() })).min(1),
  }),
);
export type Samples = z.infer<typeof samples>;

export function readGolden(
  name: 'request-inputs' | 'request-results' | 'events' | 'frames',
): Samples {
  const file = new URL(`golden/${name}.json`, import.meta.url);
  return samples.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The samples of one message. @throws Error if there are none: no message goes untested. */
export function samplesOf(table: Samples, name: string): Samples[string] {
  const found = table[name];
  if (found === undefined) throw new Error(`no golden samples of ${name}`);
  return found;
}
