/** Which cells a run of the lab computes, in which order. */
import type { KeyingMode } from '@earshot/keying/mode';
import type { Attack, Cell } from './attack.ts';
import { LabError } from './lab-error.ts';

export interface Selection {
  /** Attack ids; undefined: all. */
  readonly attacks: readonly string[] | undefined;
  readonly mode: KeyingMode | undefined;
  /** `quick`: what each attack names as such, unless attacks are asked for by id. */
  readonly extent: 'full' | 'quick';
}

export interface PlannedCell {
  readonly attack: Attack;
  readonly cell: Cell;
}

/** @throws LabError `usage` for an id that no attack has, or where nothing is left to do. */
export function planCells(catalogue: readonly Attack[], selection: Selection): PlannedCell[] {
  const { attacks: wanted, mode, extent } = selection;
  const unknown = wanted?.filter((id) => !catalogue.some((attack) => attack.id === id)) ?? [];
  if (unknown.length > 0) throw new LabError('usage', `no such attack: ${unknown.join(', ')}`);
  const planned = catalogue
    .filter(({ id }) => wanted?.includes(id) ?? true)
    .flatMap((attack) =>
      cellsOf(attack, extent)
        .filter((cell) => mode === undefined || cell.mode === mode)
        .map((cell) => ({ attack, cell })),
    );
  if (planned.length === 0) throw new LabError('usage', 'no attack applies to that');
  return planned;
}

function cellsOf({ cells, quick }: Attack, extent: Selection['extent']): readonly Cell[] {
  if (extent === 'full' || quick === 'all') return cells;
  if (quick === 'none') return [];
  return cells.filter(({ mode, topology }) =>
    quick.some((named) => named.mode === mode && named.topology === topology),
  );
}
