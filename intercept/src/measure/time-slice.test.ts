import { expect, it } from 'vitest';
import { TimeSlice } from './time-slice.ts';

/** A hundred times what five slices take. */
const mostSteps = 10_000_000;

it('lets others have the thread again and again, and not after each step', async () => {
  let turns = 0;
  const other = setInterval(() => turns++);
  const slice = new TimeSlice();
  let steps = 0;
  while (turns < 5 && steps < mostSteps) {
    await slice.pause();
    steps++;
  }
  clearInterval(other);
  expect(turns).toBe(5);
  expect(steps).toBeGreaterThan(20 * turns);
});
