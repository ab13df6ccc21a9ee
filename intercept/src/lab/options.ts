import { keyingModes, type KeyingMode } from '@earshot/keying/mode';
import { parseArgs } from 'node:util';
import { LabError } from './lab-error.ts';
import type { Selection } from './plan.ts';

export interface LabOptions extends Selection {
  /** `list`: say what there is and run nothing. `help`: say how it is used. */
  readonly action: 'run' | 'list' | 'help';
  /** What the standard output gets: a matrix for people, or `verdicts.json`. */
  readonly output: 'matrix' | 'json';
  readonly outFolder: string;
}

export const usage = `usage: npm run intercept -- [--attack K1,K4] [--mode sdes|dtls|e2ee] [--quick]
                            [--out DIR] [--json] [--list]
       npm run intercept -- decrypt --help
       npm run intercept -- explore
       npm run intercept -- client-manifest --help

  --attack  these only, by id; may be repeated
  --mode    calls of this mode only
  --quick   the short set, in at most two minutes
  --out     where bundles go (default: report/)
  --json    verdicts as JSON on the standard output; progress goes to the standard error
  --list    what the catalogue holds

Exit code: 0 every cell as the modes table claims, 1 one is not, 2 the lab could not run it.
`;

/** @throws LabError `usage` */
export function parseOptions(args: readonly string[]): LabOptions {
  const values = parsed(args);
  const mode = values.mode === undefined ? undefined : requireMode(values.mode);
  const attacks = values.attack?.flatMap((list) =>
    list.split(',').map((id) => id.trim().toUpperCase()),
  );
  const action = values.help ? 'help' : values.list ? 'list' : 'run';
  return {
    action,
    attacks,
    mode,
    extent: values.quick ? 'quick' : 'full',
    output: values.json ? 'json' : 'matrix',
    outFolder: values.out,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        attack: { type: 'string', multiple: true },
        mode: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string', default: 'report' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new LabError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function requireMode(name: string): KeyingMode {
  const mode = keyingModes.find((known) => known === name);
  if (mode === undefined) throw new LabError('usage', `--mode takes ${keyingModes.join(', ')}`);
  return mode;
}
