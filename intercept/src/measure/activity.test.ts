import { expect, it } from 'vitest';
import { guessActivity } from './activity.ts';

/** Decibels, by turns loud and quiet. */
const loudness = Array.from(
  { length: 400 },
  (_, i) => -40 + 30 * Math.sin(i / 11) * Math.sin(i / 37),
);
const levels = loudness.map((loud) => Math.round(loud) - 3);

it('takes what varies as loudness does, and tells the loud moments by it', () => {
  const { signal, right, of } = guessActivity(loudness, [
    { name: 'media id', values: levels.map(() => -48) },
    { name: 'level', values: levels },
  ]);
  expect(signal).toBe('level');
  expect(of).toBe(80);
  expect(right).toBeGreaterThan(76);
});

it('is hardly ever right where loud and quiet are swapped', () => {
  const values = levels.map((level) => -level);
  expect(guessActivity(loudness, [{ name: 'swapped', values }]).right).toBeLessThan(4);
});

it('is right half of the time where all packets are of one size', () => {
  const values = loudness.map((_, i) => (i < 8 ? 131 : 128));
  const { signal, right, of } = guessActivity(loudness, [{ name: 'size', values }]);
  expect(signal).toBeUndefined();
  expect([right, of]).toEqual([40, 80]);
});
