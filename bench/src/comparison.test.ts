import { describe, expect, it } from 'vitest';
import { byteFigures } from './bytes.ts';
import { callBars, figureRows } from './comparison.ts';
import { delayFigures } from './delay.ts';
import { FigureBook, type Figure } from './figures.ts';
import { joinFigures } from './join.ts';

const modes = ['dtls', 'e2ee'] as const;

function bookOf(
  entries: readonly (readonly [Figure, 'dtls' | 'e2ee', readonly number[]])[],
): FigureBook {
  const book = new FigureBook();
  for (const [figure, mode, values] of entries) {
    for (const [run, value] of values.entries()) {
      if (!Number.isNaN(value))
        book.add({ mode, topology: 'direct' }, run, new Map([[figure, value]]));
    }
  }
  return book;
}

describe('figureRows', () => {
  it('compares with dtls of the same run, not with its median', () => {
    const book = bookOf([
      [joinFigures.hears, 'dtls', [100, 200, 400]],
      [joinFigures.hears, 'e2ee', [150, 220, 400]],
    ]);
    const cells = figureRows(book, modes)[0]!.cells;
    const e2ee = cells.find(({ mode, topology }) => mode === 'e2ee' && topology === 'direct')!;
    expect(e2ee.toDtls).toEqual({ median: 1.1, min: 1, max: 1.5, runs: 3, interval: null });
    expect(cells.find(({ mode }) => mode === 'dtls')!.toDtls).toBeNull();
  });

  it('leaves out runs in which one of the two is missing', () => {
    const book = bookOf([
      [delayFigures.mouthToEar, 'dtls', [10, Number.NaN, 30]],
      [delayFigures.mouthToEar, 'e2ee', [11, 25, 33]],
    ]);
    const e2ee = figureRows(book, modes)[0]!.cells.find(
      ({ mode, topology }) => mode === 'e2ee' && topology === 'direct',
    )!;
    expect(e2ee.values).toEqual([11, 25, 33]);
    expect(e2ee.toDtls).toEqual({ median: 2, min: 1, max: 3, runs: 2, interval: null });
  });

  it('gives no ratio to nothing', () => {
    const book = bookOf([
      [joinFigures.hears, 'dtls', [0]],
      [joinFigures.hears, 'e2ee', [0]],
    ]);
    expect(figureRows(book, modes)[0]!.cells.every(({ toDtls }) => toDtls === null)).toBe(true);
  });

  it('leaves out runs in which dtls was measured alone', () => {
    const book = bookOf([
      [delayFigures.mouthToEar, 'dtls', [10, 20, 30]],
      [delayFigures.mouthToEar, 'e2ee', [11, Number.NaN, 33]],
    ]);
    const e2ee = figureRows(book, modes)[0]!.cells.find(
      ({ mode, topology }) => mode === 'e2ee' && topology === 'direct',
    )!;
    expect(e2ee.toDtls).toEqual({ median: 2, min: 1, max: 3, runs: 2, interval: null });
  });
});

describe('callBars', () => {
  it('says how certain the median of a comparison is, and nothing of the kind of a maximum', () => {
    const book = bookOf([
      [delayFigures.mouthToEar, 'dtls', [10, 10, 10, 10, 10]],
      [delayFigures.mouthToEar, 'e2ee', [11, 15, 12, 9, 12.5]],
      [byteFigures.added, 'e2ee', [12, 13, 12, 12, 12]],
    ]);
    const [delay, bytes] = callBars(figureRows(book, modes));
    expect(delay).toMatchObject({ value: 2, interval: { low: -1, high: 5 } });
    expect(bytes).toMatchObject({ value: 13 });
    expect(bytes).not.toHaveProperty('interval');
  });

  it('tells direct calls and rooms apart', () => {
    const book = bookOf([[byteFigures.added, 'e2ee', [12]]]);
    book.add({ mode: 'e2ee', topology: 'room' }, 0, new Map([[byteFigures.added, 15]]));
    expect(callBars(figureRows(book, modes))).toEqual([
      { text: 'direct: sealed minus plain, largest frame, bytes', value: 12, atMost: 14 },
      { text: 'room: sealed minus plain, largest frame, bytes', value: 15, atMost: 14 },
    ]);
  });

  it('holds e2ee to what is promised, where it was measured', () => {
    const book = bookOf([
      [joinFigures.hears, 'dtls', [100]],
      [joinFigures.hears, 'e2ee', [112]],
      [delayFigures.mouthToEar, 'dtls', [80]],
      [delayFigures.mouthToEar, 'e2ee', [81.5]],
      [byteFigures.added, 'e2ee', [12]],
    ]);
    const bars = callBars(figureRows(book, modes)).map(({ value, atMost }) => [value, atMost]);
    expect(bars).toEqual([
      [1.12, 1.1],
      [1.5, 2],
      [12, 14],
    ]);
  });
});
