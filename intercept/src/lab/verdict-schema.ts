/** `verdicts.json` and each `verdict.json`: the published form of what a run of the lab came to. */
import { keyingModes, topologies } from '@earshot/keying/mode';
import { z } from 'zod';
import { speakers } from '../stage/speech.ts';

export const formatVersion = 1;

const outcome = z.enum(['falls', 'resists', 'unclear']);

const claim = z.strictObject({
  outcome: z.enum(['falls', 'resists']),
  noticed: z.boolean().optional(),
});

const file = z.strictObject({
  path: z.string().describe('Relative to the folder that holds verdicts.json.'),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[\da-f]{64}$/),
});

const audioMeasure = z.strictObject({
  kind: z.literal('audio'),
  what: z.string(),
  outcome,
  speaker: z.enum(speakers).describe('Whose speech was looked for.'),
  score: z.number().describe('Correlation of the best two seconds with what was said, 0 to 1.'),
  median: z.number().describe('Of all windows that hold sound.'),
  floor: z.number().describe('The same score against speech that is not in the recording.'),
  seconds: z.number().nonnegative(),
  wav: z.string().nullable().describe('What was recovered; null if nothing was.'),
  heardImage: z.string().nullable().describe('Its spectrogram.'),
  saidImage: z.string().describe('Spectrogram of what was said, at the place where it was found.'),
  words: z
    .string()
    .nullable()
    .describe('What a speech recogniser hears; null if it was not asked or is not installed.'),
});

const countMeasure = z.strictObject({
  kind: z.literal('count'),
  what: z.string(),
  outcome,
  found: z.int().nonnegative(),
  of: z.int().nonnegative(),
});

const guessMeasure = z.strictObject({
  kind: z.literal('guess'),
  what: z.string(),
  outcome,
  right: z.int().nonnegative(),
  of: z.int().nonnegative(),
  chance: z.number().positive(),
  pValue: z.number().describe('Probability of being right so often by chance alone.'),
});

const plot = z.strictObject({
  title: z.string(),
  style: z.enum(['bars', 'line', 'dots']),
  xAxis: z.string(),
  yAxis: z.string(),
  series: z.array(
    z.strictObject({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }),
  ),
});

const run = z.strictObject({
  id: z.string().describe('`attack`, or the name of a control.'),
  title: z.string(),
  claim: claim.describe('For the attack, from the row of the mode; for a control, what it proves.'),
  outcome: z.enum(['falls', 'resists', 'unclear', 'not-run']),
  noticed: z.boolean().nullable(),
  isAsClaimed: z.boolean(),
  seconds: z.number().nonnegative(),
  sentence: z.string().describe('What was tried and what came out, for people.'),
  measures: z.array(z.discriminatedUnion('kind', [audioMeasure, countMeasure, guessMeasure])),
  notices: z.array(z.strictObject({ what: z.string(), noticed: z.boolean() })),
  obtained: z.record(z.string(), z.union([z.string(), z.number()])),
  plots: z.array(plot),
  diffs: z.array(z.strictObject({ title: z.string(), before: z.string(), after: z.string() })),
  files: z.array(file),
  failure: z
    .strictObject({ code: z.string(), message: z.string() })
    .nullable()
    .describe('Why it could not be run.'),
});

const cell = z.strictObject({
  attack: z.string(),
  mode: z.enum(keyingModes),
  topology: z.enum(topologies),
  outcome: z.enum(['falls', 'resists', 'unclear', 'not-run']),
  isAsClaimed: z.boolean().describe('The attack and each of its controls.'),
  runs: z.array(run).min(2).describe('The attack first, then its controls.'),
});

export const verdictSchema = z.strictObject({
  format: z.literal(formatVersion),
  attack: z.string(),
  mode: z.enum(keyingModes),
  cells: z.array(cell).min(1),
});

export const verdictsSchema = z.strictObject({
  format: z.literal(formatVersion),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  extent: z.enum(['full', 'quick', 'selection']),
  machine: z.strictObject({
    node: z.string(),
    platform: z.string(),
    cores: z.int().positive(),
    recogniser: z.string().nullable(),
  }),
  attacks: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      question: z.string(),
      power: z.string(),
    }),
  ),
  cells: z.array(cell),
  summary: z.strictObject({
    cells: z.int().nonnegative(),
    asClaimed: z.int().nonnegative(),
    unexpected: z.int().nonnegative(),
    notRun: z.int().nonnegative(),
  }),
});

export type AudioResult = z.infer<typeof audioMeasure>;
export type MeasureResult = RunResult['measures'][number];
export type RunResult = z.infer<typeof run>;
export type CellResult = z.infer<typeof cell>;
export type Verdicts = z.infer<typeof verdictsSchema>;

/** JSON Schema (2020-12) of `verdicts.json`, as committed in `schema/`. */
export function verdictsJsonSchema(): unknown {
  return { $id: 'https://earshot.invalid/schema/verdicts.json', ...z.toJSONSchema(verdictsSchema) };
}
