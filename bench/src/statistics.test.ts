import { describe, expect, it } from 'vitest';
import { difference, pairwise, ratio, rotated, summarize } from './statistics.ts';

describe('summarize', () => {
  it('takes the middle of an odd number of values', () => {
    expect(summarize([9, 1, 100, 3, 5])).toEqual({
      ...{ median: 5, min: 1, max: 100, runs: 5 },
      interval: { low: 1, high: 100 },
    });
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(summarize([10, 2, 4, 3]).median).toBe(3.5);
  });

  it('orders by number, not by text', () => {
    expect(summarize([10, 9, 8]).median).toBe(9);
  });

  // One above the critical values that tables of the sign test give for one side at 0.05: 0, 0, 1, 1, 5, 10, 41.
  it.each([
    [5, 1, 5],
    [7, 1, 7],
    [8, 2, 7],
    [10, 2, 9],
    [20, 6, 15],
    [30, 11, 20],
    [100, 42, 59],
  ])('bounds the median of %i values by the %ith and the %ith', (count, low, high) => {
    const values = Array.from({ length: count }, (_, i) => count - i);
    expect(summarize(values).interval).toEqual({ low, high });
  });

  it('does not bound the median of fewer than five values', () => {
    expect(summarize([4, 1, 3, 2]).interval).toBeNull();
  });

  it('refuses to summarize nothing', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe('pairwise', () => {
  it('compares run by run', () => {
    expect(pairwise([2, 30], [1, 10], ratio)).toEqual([2, 3]);
    expect(pairwise([2, 30], [1, 10], difference)).toEqual([1, 20]);
  });

  it('refuses values without their baseline', () => {
    expect(() => pairwise([1, 2], [1], ratio)).toThrow(RangeError);
  });
});

describe('rotated', () => {
  it('starts one later each run and keeps all', () => {
    expect(rotated(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c']);
    expect(rotated(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a']);
    expect(rotated(['a', 'b', 'c'], 5)).toEqual(['c', 'a', 'b']);
    expect(rotated([], 3)).toEqual([]);
  });
});
