/** What no stopwatch tells: who can hear a call, and what the lab made of that where it ran. */
import { readFileSync } from 'node:fs';
import { modes, topologies, type KeyingMode, type Topology } from '@earshot/keying/mode';
import { verdictsSchema, type Verdicts } from '@earshot/intercept/lab/verdict-schema';

export interface QualitativeRow {
  readonly title: string;
  readonly cells: readonly {
    readonly mode: KeyingMode;
    readonly topology: Topology;
    readonly text: string;
  }[];
}

/** From the table of modes; the lab's rows only where verdicts are given. */
export function qualitativeRows(
  shown: readonly KeyingMode[],
  verdicts: Verdicts | undefined,
): QualitativeRow[] {
  const row = (
    title: string,
    text: (mode: KeyingMode, topology: Topology) => string,
  ): QualitativeRow => ({
    title,
    cells: topologies.flatMap((topology) =>
      shown.map((mode) => ({ mode, topology, text: text(mode, topology) })),
    ),
  });
  return [
    row('Who can hear it', (mode, topology) => modes[mode].whoCanHear[topology]),
    row('A key taken later opens a capture', (mode, topology) =>
      modes[mode].forwardSecrecy[topology] ? 'No: forward secrecy' : 'Yes',
    ),
    row('People check each other', (mode) => (modes[mode].peersAuthenticated ? 'Yes' : 'No')),
    row('Metadata that remains', (mode) =>
      modes[mode].exposesSpeechPattern
        ? 'Who, when, how long, from where; and when and how loudly each person speaks'
        : 'Who, when, how long, from where',
    ),
    ...(verdicts === undefined
      ? []
      : [
          row('Attacks of the lab that succeeded', (mode, topology) =>
            attacksText(verdicts, { mode, topology, outcome: 'falls' }),
          ),
          row('Attacks of the lab that failed', (mode, topology) =>
            attacksText(verdicts, { mode, topology, outcome: 'resists' }),
          ),
        ]),
  ];
}

/** @throws Error with the file's name where it is not what `npm run intercept` writes. */
export function readVerdicts(file: string): Verdicts {
  try {
    return verdictsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} holds no verdicts of the lab`, { cause });
  }
}

interface Wanted {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly outcome: 'falls' | 'resists';
}

/** `7: K1, K2, ...`; empty where the lab tried nothing. */
function attacksText({ cells }: Verdicts, { mode, topology, outcome }: Wanted): string {
  const own = cells.filter((cell) => cell.mode === mode && cell.topology === topology);
  if (own.length === 0) return 'not tried';
  const ids = own.filter((cell) => cell.outcome === outcome).map(({ attack }) => attack);
  return ids.length === 0 ? 'none' : `${ids.length}: ${ids.join(', ')}`;
}
