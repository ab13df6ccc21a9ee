/**
 * An attack: one file in `attacks/` that says what is tried, with which power, on which calls, and does it.
 * What must come out is not typed in beside it but follows from the keying mode's row (`keying/mode`).
 */
import type { KeyingMode, ModeRow, Topology } from '@earshot/keying/mode';
import type { RunContext } from './run-context.ts';
import type { Evidence } from './evidence.ts';

/** What the attacker has. */
export const powers = {
  'signaling-log': 'the operator’s records',
  wire: 'a listener on the network',
  sfu: 'the operator’s media server',
  relay: 'a relay of the provider’s that all media must pass',
  active: 'an operator that changes what it relays',
  memory: 'a seized server: memory and disk',
  client: 'a changed client',
} as const;
export type Power = keyof typeof powers;

/** What an attack or a control is expected to come to. */
export interface Claim {
  /** `falls`: the attacker gets what the attack is after. `resists`: nothing of it. */
  readonly outcome: 'falls' | 'resists';
  /** Whether somebody in the call is shown it; undefined where that is not looked at. */
  readonly noticed?: boolean;
}

/** One square of the matrix. */
export interface Cell {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export interface CellFacts extends Cell {
  readonly row: ModeRow;
}

/**
 * The same tap where it must fail, or the same attack with the defence switched off by the lab's own
 * means: it shows that the measurement can come out either way. So what it proves is stated.
 */
export interface Control {
  /** Unique within the attack, as a folder's name: `without-the-key`. */
  readonly id: string;
  readonly title: string;
  readonly proves: Claim;
  /** Which cells have it; default: all. */
  readonly appliesTo?: (cell: CellFacts) => boolean;
  readonly run: (context: RunContext) => Promise<Evidence>;
  readonly timeoutMs?: number;
}

export interface AttackDefinition {
  /** As in the catalogue: `K4`. */
  readonly id: string;
  readonly title: string;
  /** What somebody would ask who knows nothing of keys. */
  readonly question: string;
  readonly power: Power;
  readonly cells: readonly Cell[];
  /** Whether it belongs to the short run: all cells, none, or those named. */
  readonly quick: readonly Cell[] | 'all' | 'none';
  /** From the mode's row, and nothing else. */
  readonly claim: (cell: CellFacts) => Claim;
  readonly run: (context: RunContext) => Promise<Evidence>;
  /** Every cell has at least one: a tap that recovers nothing anywhere proves nothing. */
  readonly controls: readonly Control[];
  /** Of one run; default 90 s. */
  readonly timeoutMs?: number;
}

/** A definition that has been checked. */
export interface Attack extends AttackDefinition {
  readonly controlsOf: (cell: CellFacts) => readonly Control[];
}

const defined = new WeakSet<object>();

/**
 * @throws RangeError for an id or control id that could not name a folder, no cells, or a cell without a control.
 */
export function defineAttack(definition: AttackDefinition): Attack {
  const { id, cells, controls } = definition;
  if (!/^[A-Z]\d{1,2}$/.test(id)) throw new RangeError(`not an attack id: ${id}`);
  if (cells.length === 0) throw new RangeError(`${id} applies to no call`);
  const ids = new Set(controls.map((control) => control.id));
  if (ids.size !== controls.length || ids.has('attack')) {
    throw new RangeError(`${id}: two controls of one name`);
  }
  for (const name of ids) {
    if (!/^[a-z\d]+(-[a-z\d]+)*$/.test(name))
      throw new RangeError(`${id}: no folder name: ${name}`);
  }
  const attack: Attack = {
    ...definition,
    controlsOf: (cell) => controls.filter(({ appliesTo }) => appliesTo?.(cell) ?? true),
  };
  defined.add(attack);
  return attack;
}

export function isAttack(value: unknown): value is Attack {
  return typeof value === 'object' && value !== null && defined.has(value);
}
