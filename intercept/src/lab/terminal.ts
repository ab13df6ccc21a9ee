/** What the lab writes to a terminal: the catalogue, progress, and the matrix. */
import { keyingModes, topologies } from '@earshot/keying/mode';
import { powers, type Attack } from './attack.ts';
import type { CellResult, Verdicts } from './verdict-schema.ts';

/** One line per attack. */
export function catalogueText(catalogue: readonly Attack[]): string {
  return catalogue
    .map(({ id, title, question, power, cells }) => {
      const where = keyingModes.flatMap((mode) =>
        cells.filter((cell) => cell.mode === mode).map(({ topology }) => `${mode} ${topology}`),
      );
      return `${id.padEnd(4)}${title}\n    ${question}\n    with: ${powers[power]}; on: ${where.join(', ')}\n`;
    })
    .join('');
}

export function progressText({ attack, mode, topology, runs }: CellResult): string {
  const lines = runs.map(({ id, outcome, isAsClaimed, seconds, failure }) => {
    const what = id === 'attack' ? outcome : `control ${id}: ${outcome}`;
    const doubt = isAsClaimed ? '' : '  <-- NOT AS CLAIMED';
    const why = failure === null ? '' : `  (${firstLine(failure.message)})`;
    return `    ${what.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s${doubt}${why}\n`;
  });
  return `  ${attack} ${mode} ${topology}\n${lines.join('')}`;
}

/** Attacks down, calls across. A mark that is not as claimed carries an exclamation mark. */
export function matrixText({ attacks, cells, summary, seconds }: Verdicts): string {
  const columns = keyingModes.flatMap((mode) =>
    topologies.map((topology) => ({ mode, topology, title: `${mode} ${topology}` })),
  );
  const shown = columns.filter((column) => cells.some((cell) => isOf(cell, column)));
  const titleWidth = Math.max(...attacks.map(({ title }) => title.length)) + 5;
  const head = ''.padEnd(titleWidth) + shown.map(({ title }) => title.padStart(13)).join('');
  const rows = attacks.map(({ id, title }) => {
    const marks = shown.map((column) => {
      const cell = cells.find((candidate) => candidate.attack === id && isOf(candidate, column));
      return markOf(cell).padStart(13);
    });
    return `${id.padEnd(4)} ${title}`.padEnd(titleWidth) + marks.join('');
  });
  const { asClaimed, unexpected, notRun } = summary;
  const sum = `${String(summary.cells)} cells in ${String(seconds)} s: ${String(asClaimed)} as claimed, ${String(unexpected)} not, ${String(notRun)} could not be run`;
  return ['', head, ...rows, '', sum, ''].join('\n');
}

function isOf(cell: CellResult, column: Pick<CellResult, 'mode' | 'topology'>): boolean {
  return cell.mode === column.mode && cell.topology === column.topology;
}

function markOf(cell: CellResult | undefined): string {
  if (cell === undefined) return '·';
  return cell.isAsClaimed ? cell.outcome : `${cell.outcome} !`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
