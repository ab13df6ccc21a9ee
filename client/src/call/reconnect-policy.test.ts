import { expect, it } from 'vitest';
import { reconnectDelayMs } from './reconnect-policy.ts';

it('tries at once, then doubles up to four seconds', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 20].map((attempt) => reconnectDelayMs(attempt, 0));
  expect(delays).toEqual([0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
});

it('spreads each delay over its upper half', () => {
  expect(reconnectDelayMs(3, 0.5)).toBe(750);
  expect(reconnectDelayMs(3, 0.999)).toBeGreaterThan(500);
});
