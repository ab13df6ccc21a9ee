/** Command line of `npm run capacity`. */
import { parseArgs } from 'node:util';

export const parts = ['forwarding', 'growth', 'joins'] as const;
export type Part = (typeof parts)[number];

export interface CapacityOptions {
  readonly only: readonly Part[];
  readonly isQuick: boolean;
  /** Where the page and every value go. */
  readonly outFolder: string;
  readonly jsonFile: string | undefined;
}

export const usage = `npm run capacity -- [--quick] [--only PART]... [--out FOLDER] [--json FILE]

  --quick        under 2 minutes, for a look; otherwise at most 10
  --only PART    ${parts.join(', ')}; may be repeated
  --out FOLDER   index.html and capacity.json, default report/capacity
  --json FILE    every value to a file of its own as well`;

/** @throws TypeError for an unknown option, RangeError for an unknown part */
export function parseOptions(args: readonly string[]): CapacityOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: 'report/capacity' },
      json: { type: 'string' },
    },
  });
  const only = values.only.map(requirePart);
  return {
    only: only.length === 0 ? parts : only,
    isQuick: values.quick,
    outFolder: values.out,
    jsonFile: values.json,
  };
}

function requirePart(name: string): Part {
  const part = parts.find((known) => known === name);
  if (part === undefined) throw new RangeError(`--only takes one of ${parts.join(', ')}`);
  return part;
}
