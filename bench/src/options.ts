import { parseArgs } from 'node:util';

export const parts = ['join', 'bytes', 'cipher', 'renderer', 'groups'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly only: readonly Part[];
  /** Measured repetitions of everything that is timed. */
  readonly runs: number;
  readonly isQuick: boolean;
  /** File to write the results to, besides printing them. */
  readonly jsonFile: string | undefined;
}

export const usage =
  'usage: npm run bench -- [--quick] [--runs N] [--json FILE] [--only join|bytes|cipher|renderer|groups]';

/** @throws TypeError for what is not an option, RangeError for a value out of range. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      json: { type: 'string' },
      only: { type: 'string', multiple: true },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs takes a whole number');
  return {
    only: (values.only ?? parts).map(requirePart),
    runs,
    isQuick: values.quick,
    jsonFile: values.json,
  };
}

function requirePart(name: string): Part {
  const part = parts.find((known) => known === name);
  if (part === undefined) throw new RangeError(`--only takes one of ${parts.join(', ')}`);
  return part;
}
