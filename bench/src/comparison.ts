/** What a run of the comparison came to: one object, from which table, page and JSON are made. */
import { topologies, type KeyingMode, type Topology } from '@earshot/keying/mode';
import { byteFigures } from './bytes.ts';
import { delayFigures } from './delay.ts';
import type { CallKind, Figure, FigureBook, Missing } from './figures.ts';
import { joinFigures } from './join.ts';
import type { Bar, PartReport } from './report.ts';
import { difference, pairwise, ratio, summarize, type Summary } from './statistics.ts';

export interface Cell extends CallKind {
  /** By run; null where it was not measured. */
  readonly values: readonly (number | null)[];
  /** Null where nothing was measured. */
  readonly summary: Summary | null;
  /** Against `dtls` of the same run, as the figure says; null for `dtls` itself and where it is missing. */
  readonly toDtls: Summary | null;
}

export interface FigureRow extends Figure {
  readonly cells: readonly Cell[];
}

export interface Comparison {
  readonly format: 1;
  readonly startedAt: string;
  readonly seconds: number;
  readonly extent: 'full' | 'quick';
  readonly runs: number;
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cpu: string;
    readonly cores: number;
    /** Of the last 1, 5 and 15 minutes, when it began and when it ended: what else ran shows here. */
    readonly loadBefore: readonly number[];
    readonly loadAfter: readonly number[];
  };
  readonly modes: readonly KeyingMode[];
  readonly figures: readonly FigureRow[];
  readonly bars: readonly Bar[];
  /** Parts that are not about one call. */
  readonly parts: readonly PartReport[];
  readonly missing: readonly Missing[];
}

/** @param modes of the run */
export function figureRows(book: FigureBook, modes: readonly KeyingMode[]): FigureRow[] {
  return book.figures.map((figure) => ({
    ...figure,
    cells: topologies.flatMap((topology) =>
      modes.map((mode) => cellOf(book, figure, { mode, topology })),
    ),
  }));
}

function cellOf(book: FigureBook, figure: Figure, kind: CallKind): Cell {
  const values = book.values(figure, kind);
  const base = book.values(figure, { ...kind, mode: 'dtls' });
  const measured = values.filter((value) => value !== undefined);
  const pairs = values.flatMap((value, run) => {
    const ofDtls = base[run];
    return value === undefined || ofDtls === undefined ? [] : [[value, ofDtls] as const];
  });
  const compared = pairwise(
    pairs.map(([value]) => value),
    pairs.map(([, ofDtls]) => ofDtls),
    figure.versus === 'ratio' ? ratio : difference,
    // A direct call costs the media worker nothing: no ratio to that.
  ).filter((value) => Number.isFinite(value));
  return {
    ...kind,
    values: values.map((value) => value ?? null),
    summary: measured.length === 0 ? null : summarize(measured),
    toDtls: kind.mode === 'dtls' || compared.length === 0 ? null : summarize(compared),
  };
}

/** What the project promises of `e2ee`, where it was measured. */
export function callBars(rows: readonly FigureRow[]): Bar[] {
  const rowOf = ({ id }: Figure): FigureRow | undefined => rows.find((row) => row.id === id);
  const cellIn = (figure: Figure, topology: Topology): Cell | undefined =>
    rowOf(figure)?.cells.find((cell) => cell.mode === 'e2ee' && cell.topology === topology);
  return topologies.flatMap((topology): Bar[] => [
    ...[joinFigures.hears, joinFigures.heard].flatMap((figure) =>
      medianBar(cellIn(figure, topology)?.toDtls, {
        text: `${topology}: ${lowerFirst(figure.title)}, e2ee / dtls`,
        atMost: 1.1,
      }),
    ),
    ...[delayFigures.mouthToEar, delayFigures.held].flatMap((figure) =>
      medianBar(cellIn(figure, topology)?.toDtls, {
        text: `${topology}: ${lowerFirst(figure.title)}, e2ee minus dtls, ms`,
        atMost: 2,
      }),
    ),
    ...maximumBar(cellIn(byteFigures.added, topology)?.summary, {
      text: `${topology}: sealed minus plain, largest frame, bytes`,
      atMost: 14,
    }),
  ]);
}

type Promised = Pick<Bar, 'text' | 'atMost'>;

function medianBar(summary: Summary | null | undefined, promised: Promised): Bar[] {
  if (summary === null || summary === undefined) return [];
  return [{ ...promised, value: summary.median, interval: summary.interval }];
}

function maximumBar(summary: Summary | null | undefined, promised: Promised): Bar[] {
  return summary === null || summary === undefined ? [] : [{ ...promised, value: summary.max }];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
