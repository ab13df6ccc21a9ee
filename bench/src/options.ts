import { keyingModes, type KeyingMode } from '@earshot/keying/mode';
import { parseArgs } from 'node:util';

export const parts = [
  'join',
  'delay',
  'cost',
  'quality',
  'bytes',
  'frames',
  'cipher',
  'renderer',
  'groups',
] as const;
export type Part = (typeof parts)[number];

/** What `--quick` leaves out unless it is named: what takes minutes, and what tells nothing about a call as a whole. */
const thorough: readonly Part[] = ['quality', 'cipher', 'renderer', 'groups'];

export interface BenchOptions {
  readonly action: 'run' | 'help';
  readonly only: readonly Part[];
  readonly modes: readonly KeyingMode[];
  /** Measured repetitions of everything that is timed. */
  readonly runs: number;
  readonly isQuick: boolean;
  /** What the standard output gets: tables for people, or everything measured. */
  readonly output: 'tables' | 'json';
  /** Where reports are kept; this one gets a folder named by its time. */
  readonly outFolder: string;
  /** `verdicts.json` of the interception lab, to be shown beside the figures. */
  readonly verdictsFile: string | undefined;
}

export const usage = `usage: npm run compare -- [--quick] [--runs N] [--modes dtls,e2ee] [--only join]
                          [--out DIR] [--json] [--verdicts FILE]

  --quick     one run of the calls, short windows; in about four minutes
  --runs      measured repetitions (default: 5; quick: 1)
  --modes     of sdes, dtls, e2ee; ratios need dtls
  --only      parts: ${parts.join(', ')}; may be repeated
  --out       where reports go (default: report/)
  --json      everything measured on the standard output; progress goes to the standard error
  --verdicts  verdicts.json of npm run intercept: what was heard in which mode

Exit code: 0 everything was measured, 1 something is missing, 2 it could not start. Bars that are not kept
are named; they change no exit code.
`;

/** @throws TypeError for what is not an option, RangeError for a value out of range. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      modes: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      out: { type: 'string', default: 'report' },
      json: { type: 'boolean', default: false },
      verdicts: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs takes a whole number');
  const modes = listed(values.modes)?.map(requireMode);
  const only = listed(values.only)?.map(requirePart);
  return {
    action: values.help ? 'help' : 'run',
    only: only ?? parts.filter((part) => !values.quick || !thorough.includes(part)),
    modes: modes === undefined ? keyingModes : keyingModes.filter((mode) => modes.includes(mode)),
    runs,
    isQuick: values.quick,
    output: values.json ? 'json' : 'tables',
    outFolder: values.out,
    verdictsFile: values.verdicts,
  };
}

/** Options that are repeated, separated by commas, or both. */
function listed(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap((list) => list.split(',').map((item) => item.trim()));
}

function requireMode(name: string): KeyingMode {
  const mode = keyingModes.find((known) => known === name);
  if (mode === undefined) throw new RangeError(`--modes takes ${keyingModes.join(', ')}`);
  return mode;
}

function requirePart(name: string): Part {
  const part = parts.find((known) => known === name);
  if (part === undefined) throw new RangeError(`--only takes one of ${parts.join(', ')}`);
  return part;
}
