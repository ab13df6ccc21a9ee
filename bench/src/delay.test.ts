import { describe, expect, it } from 'vitest';
import { delaysBetween } from './delay.ts';

describe('delaysBetween', () => {
  it('takes for each chirp the next one heard', () => {
    expect(delaysBetween([1000, 1800, 2610], [1085, 1887, 2700])).toEqual([85, 87, 90]);
  });

  it('leaves out what was said before the recording at the other side began, or after it ended', () => {
    expect(delaysBetween([1000, 1800, 2600], [500, 1890])).toEqual([90]);
  });
});
