/** Medians, because one slow run on a shared machine says nothing about the program. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  /** Of the median, with a confidence of 90 % at least; null for fewer than five values. */
  readonly interval: Interval | null;
}

/** Of each side. */
const tail = 0.05;

/** @throws RangeError for no values. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const upper = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(upper) : (at(upper - 1) + at(upper)) / 2;
  return {
    ...{ median, min: at(0), max: at(sorted.length - 1), runs: sorted.length },
    interval: intervalOf(sorted),
  };
}

/**
 * The sign test turned around: between which of the values their distribution's median lies, whatever its shape.
 * W. J. Conover, Practical Nonparametric Statistics, section 3.2.
 */
function intervalOf(sorted: readonly number[]): Interval | null {
  const { length } = sorted;
  // That the median lies below the least value, the second least, and so on: binomial, p = 1/2.
  let probability = 0.5 ** length;
  let below = probability;
  let rank = 0;
  while (below <= tail) {
    rank++;
    probability *= (length - rank + 1) / rank;
    below += probability;
  }
  const low = sorted[rank - 1];
  const high = sorted[length - rank];
  return low === undefined || high === undefined ? null : { low, high };
}

/**
 * Run by run: value i and baseline i were measured one after the other, so that what else the
 * machine did weighs on both.
 * @throws RangeError for lists of different lengths.
 */
export function pairwise(
  values: readonly number[],
  baseline: readonly number[],
  combine: (value: number, base: number) => number,
): number[] {
  if (values.length !== baseline.length) throw new RangeError('values without their baseline');
  return values.map((value, i) => combine(value, baseline[i] ?? Number.NaN));
}

export function ratio(value: number, base: number): number {
  return value / base;
}

export function difference(value: number, base: number): number {
  return value - base;
}

/** `items` in another order for every run, so that none always comes first or after the same one. */
export function rotated<T>(items: readonly T[], run: number): T[] {
  const start = items.length === 0 ? 0 : run % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
