import { describe, expect, it } from 'vitest';
import { delaysBetween, meanOf } from './delay.ts';

describe('delaysBetween', () => {
  it('takes for each chirp the next one heard', () => {
    expect(delaysBetween([1000, 1800, 2610], [1085, 1887, 2700])).toEqual([85, 87, 90]);
  });

  it('leaves out what was said before the recording at the other side began, or after it ended', () => {
    expect(delaysBetween([1000, 1800, 2600], [500, 1890])).toEqual([90]);
  });
});

describe('meanOf', () => {
  it('cancels what the two clocks differ by', () => {
    // 60 and 50 ms, and one clock 20 ms ahead.
    const one = { delayMs: 80, bufferMs: 30 };
    expect(meanOf(one, { delayMs: 30, bufferMs: 40 })).toEqual({ delayMs: 55, bufferMs: 35 });
  });
});
