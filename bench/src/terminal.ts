/** The comparison for a terminal: modes side by side, one table per topology. */
import { topologies, type Topology } from '@earshot/keying/mode';
import type { Cell, Comparison, FigureRow } from './comparison.ts';
import { missingText } from './figures.ts';
import { barLine, toMarkdown, withRange } from './report.ts';

export function comparisonText(comparison: Comparison): string {
  const { figures, modes, parts, bars, missing } = comparison;
  const tables = topologies.map((topology) => {
    const rows = figures
      .filter((row) => cellsOf(row, topology).some(({ summary }) => summary !== null))
      .map((row) => [
        row.unit === '' ? row.title : `${row.title}, ${row.unit}`,
        ...modes.map((mode) =>
          cellText(
            row,
            cellsOf(row, topology).find((cell) => cell.mode === mode),
          ),
        ),
      ]);
    const title = topology === 'direct' ? 'Two people, direct' : 'A room of two';
    return rows.length === 0 ? '' : toMarkdown({ title, header: ['', ...modes], rows });
  });
  return [
    ...tables,
    ...parts.map(toMarkdown),
    ...(bars.length === 0 ? [] : ['## Bars', '', ...bars.map(barLine), '']),
    ...(missing.length === 0
      ? []
      : ['## Missing', '', ...missing.map((one) => `- ${missingText(one)}`), '']),
  ].join('\n');
}

/** `412 (380 to 455), x 1.08`, or `+0.4` where a difference says more. */
function cellText({ digits, versus }: FigureRow, cell: Cell | undefined): string {
  if (cell?.summary === null || cell === undefined) return '-';
  const measured = withRange(cell.summary, digits);
  if (cell.toDtls === null) return measured;
  return `${measured}, ${comparedText(cell.toDtls.median, versus, digits)}`;
}

export function comparedText(value: number, versus: FigureRow['versus'], digits: number): string {
  if (versus === 'ratio') return `x ${value.toFixed(2)}`;
  // What is rounded away has no sign.
  const rounded = Number(value.toFixed(digits));
  return rounded < 0 ? rounded.toFixed(digits) : `+${Math.abs(rounded).toFixed(digits)}`;
}

function cellsOf({ cells }: FigureRow, topology: Topology): readonly Cell[] {
  return cells.filter((cell) => cell.topology === topology);
}
