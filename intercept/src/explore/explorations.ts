/** What is explored: each mode as it ships, and the handshake with its defences taken away. */
import { modes, type KeyingMode, type ServerHears, type Topology } from '@earshot/keying/mode';
import { e2eeDefences, type E2eeDefence, type E2eeDefencesOff } from './defences.ts';
import { dtlsModel } from './dtls-model.ts';
import type { E2eeAction } from './e2ee-attacker.ts';
import { e2eeGoals, type E2eeGoal } from './e2ee-goals.ts';
import { e2eeModel, type Cast, type E2eeState } from './e2ee-model.ts';
import { powers, type Power } from './power.ts';
import { sdesModel } from './sdes-model.ts';
import { search, type Bounds, type SearchResult } from './search.ts';

export type E2eeResult = SearchResult<E2eeState, E2eeAction>;

/** More than every handshake of a pair and a malicious participant has; a pair's ends at 4. */
const fullBounds: Bounds = { maxDepth: 8, maxStates: 200_000 };
/** Two calls at once are four sides; their last messages would make it minutes. */
const twoCallBounds: Bounds = { maxDepth: 3, maxStates: 200_000 };

/** Of `sdes` and `dtls`: whether somebody with this power has the audio. */
export interface HopResult {
  readonly mode: Exclude<KeyingMode, 'e2ee'>;
  readonly topology: Topology;
  readonly power: Power;
  readonly result: Omit<SearchResult<unknown, unknown>, 'trace'>;
  /** Messages put to honest people until the audio is known; undefined: it is not. */
  readonly messages: number | undefined;
}

export function exploreHops(): HopResult[] {
  const cells = (['sdes', 'dtls'] as const).flatMap((mode) =>
    (['direct', 'room'] as const).flatMap((topology) =>
      powers.map((power) => ({ mode, topology, power })),
    ),
  );
  return cells.map((cell) => {
    const { topology, power } = cell;
    const result: SearchResult<unknown, unknown> =
      cell.mode === 'sdes'
        ? search(sdesModel(power), fullBounds)
        : search(dtlsModel({ topology, power, compareFingerprints: false }), {
            ...fullBounds,
            // Two connections of six messages.
            maxDepth: 12,
          });
    return { ...cell, result, messages: result.trace?.steps.length };
  });
}

/** What the three powers together mean in the terms of the mode table. */
function serverHears(mode: KeyingMode, falls: (power: Power) => boolean): ServerHears {
  if (falls('passive-server')) return 'always';
  return falls('active-server') ? 'active' : 'never';
}

/** The mode table agrees with what the models found. */
export function agreesWithModeTable(results: readonly HopResult[]): boolean {
  return results.every(({ mode, topology }) => {
    const falls = (power: Power): boolean =>
      results.some(
        (each) =>
          each.mode === mode &&
          each.topology === topology &&
          each.power === power &&
          each.messages !== undefined,
      );
    return modes[mode].serverHears[topology] === serverHears(mode, falls);
  });
}

export const casts: readonly Cast[] = ['pair', 'malicious-participant', 'two-calls'];

export function exploreGoal(goal: E2eeGoal, off: E2eeDefencesOff, cast: Cast = 'pair'): E2eeResult {
  return search(e2eeModel({ goal, off, cast }), cast === 'two-calls' ? twoCallBounds : fullBounds);
}

/** Taken away together, where one alone is made up for by another. */
const pairsOff: readonly (readonly E2eeDefence[])[] = [
  ['code-over-values', 'signature'],
  ['parameters-checked', 'parameters-in-transcript'],
  ['parameters-in-transcript', 'messages-in-transcript'],
  ['kem', 'signature'],
];

export interface DefenceRow {
  readonly off: readonly E2eeDefence[];
  readonly results: Readonly<Record<E2eeGoal, E2eeResult>>;
}

export function exploreDefences(): DefenceRow[] {
  const rows = [...e2eeDefences.map((defence) => [defence]), ...pairsOff];
  return rows.map((off) => ({ off, results: resultsFor(new Set(off)) }));
}

function resultsFor(off: E2eeDefencesOff): DefenceRow['results'] {
  const explore = (goal: E2eeGoal): E2eeResult => exploreGoal(goal, off);
  return {
    secrecy: explore('secrecy'),
    agreement: explore('agreement'),
    code: explore('code'),
    pinned: explore('pinned'),
    downgrade: explore('downgrade'),
    contribution: explore('contribution'),
    'post-quantum': explore('post-quantum'),
  };
}

/** What is expected to fall, and with it that the search can find anything: see docs/formal.md. */
export const expectedFalls: Readonly<Record<string, readonly E2eeGoal[]>> = {
  'link-secret': ['secrecy', 'agreement'],
  commitment: ['code', 'post-quantum'],
  'code-over-values': [],
  'pinned-identity': ['pinned'],
  signature: ['pinned'],
  'confirmation-mac': ['agreement'],
  'parameters-checked': ['agreement'],
  'parameters-in-transcript': [],
  'messages-in-transcript': ['agreement', 'pinned'],
  'low-order-check': ['contribution'],
  kem: ['post-quantum'],
  'mode-in-fragment': ['downgrade'],
  'code-over-values + signature': ['code', 'pinned', 'post-quantum'],
  'parameters-checked + parameters-in-transcript': ['agreement'],
  'parameters-in-transcript + messages-in-transcript': ['agreement', 'pinned'],
  'kem + signature': ['pinned', 'post-quantum'],
};

export const rowName = ({ off }: Pick<DefenceRow, 'off'>): string => off.join(' + ');

export function fallsOf({ results }: DefenceRow): E2eeGoal[] {
  return e2eeGoals.filter((goal) => results[goal].trace !== undefined);
}
