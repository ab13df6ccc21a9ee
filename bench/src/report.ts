/** What a part of the comparison that is not about one call found, and how it is printed. */
import type { Summary } from './statistics.ts';

/** A figure that the project promises to keep. */
export interface Bar {
  readonly text: string;
  readonly value: number;
  readonly atMost: number;
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
export function withRange({ median, min, max, runs }: Summary, digits: number): string {
  if (runs === 1) return median.toFixed(digits);
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

export function isKept({ value, atMost }: Bar): boolean {
  return value <= atMost;
}

/** `- kept: direct: mouth to ear: 0.4, at most 2` */
export function barLine(bar: Bar): string {
  const verdict = isKept(bar) ? 'kept' : 'NOT KEPT';
  return `- ${verdict}: ${bar.text}: ${Number(bar.value.toFixed(3))}, at most ${bar.atMost}`;
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
