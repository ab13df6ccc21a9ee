/** What a part of the comparison that is not about one call found, and how it is printed. */
import type { Interval, Summary } from './statistics.ts';

/** A figure that the project promises to keep. */
export interface Bar {
  readonly text: string;
  readonly value: number;
  readonly atMost: number;
  /** Of a median over runs, as in `Summary`. */
  readonly interval?: Interval | null;
}

export interface TableReport {
  readonly title: string;
  readonly header: readonly string[];
  /** Cells, as many per row as the header has. */
  readonly rows: readonly (readonly string[])[];
}

export interface PartReport extends TableReport {
  readonly bars: readonly Bar[];
  /** Every value measured, for the JSON. */
  readonly data: unknown;
}

/** Markdown, with the columns aligned for reading as text. */
export function toMarkdown({ title, header, rows }: TableReport): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => pad(cells[i] ?? '', width, i)).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [`## ${title}`, '', line(header), rule, ...rows.map(line), ''].join('\n');
}

/** `12.3 (11.0 to 15.2)`; of one run `12.3`. */
export function withRange(
  { median, min, max, runs }: Omit<Summary, 'interval'>,
  digits: number,
): string {
  if (runs === 1) return median.toFixed(digits);
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

export function isKept({ value, atMost }: Bar): boolean {
  return value <= atMost;
}

/** `- kept: direct: mouth to ear: 0.4 (90 %: -0.2 to 1.1), at most 2` */
export function barLine(bar: Bar): string {
  return `- ${isKept(bar) ? 'kept' : 'NOT KEPT'}: ${bar.text}: ${barFigures(bar)}`;
}

/** What was found, what was promised, and whether chance could have decided between the two. */
export function barFigures({ value, atMost, interval }: Bar): string {
  const short = (number: number): string => String(Number(number.toFixed(3)));
  if (interval === undefined) return `${short(value)}, at most ${atMost}`;
  if (interval === null) return `${short(value)}, at most ${atMost}; too few runs to be certain`;
  const { low, high } = interval;
  const certainty = low <= atMost && atMost < high ? '; more runs may say otherwise' : '';
  return `${short(value)} (90 %: ${short(low)} to ${short(high)}), at most ${atMost}${certainty}`;
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
