/** Axes with round numbers on them. */

export interface Scale {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

export interface ScaleOptions {
  /** Where the least and the greatest tick are to be, in units of the picture. */
  readonly place: readonly [number, number];
  /** About so many. */
  readonly ticks: number;
}

export function niceScale(
  values: readonly number[],
  { place: [from, to], ticks }: ScaleOptions,
): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const step = niceStep((high - low || 1) / ticks);
  const first = Math.floor(low / step) * step;
  const last = Math.max(first + step, Math.ceil(high / step) * step);
  const count = Math.round((last - first) / step) + 1;
  return {
    ticks: Array.from({ length: count }, (_, i) => Number((first + i * step).toPrecision(10))),
    at: (value) => from + ((value - first) / (last - first)) * (to - from),
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}
