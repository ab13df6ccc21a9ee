import { expect, it } from 'vitest';
import { TimeSlice } from './time-slice.ts';

it('lets others have the thread, however long the whole takes', async () => {
  const beganAt = performance.now();
  let [lastAt, longest, turns] = [beganAt, 0, 0];
  const other = setInterval(() => {
    const now = performance.now();
    [lastAt, longest, turns] = [now, Math.max(longest, now - lastAt), turns + 1];
  });
  const slice = new TimeSlice();
  let steps = 0;
  while (performance.now() - beganAt < 400) {
    await slice.pause();
    steps++;
  }
  clearInterval(other);
  expect(turns).toBeGreaterThan(4);
  expect(longest).toBeLessThan(200);
  // It does not stop after each step.
  expect(steps).toBeGreaterThan(20 * turns);
});
