import { expect, test } from 'vitest';
import { soundColumn } from './frame-columns.ts';
import { spectrumDb } from './spectrum.ts';

const sine = (frequencyHz: number, { rateHz, length }: { rateHz: number; length: number }) =>
  Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequencyHz * i) / rateHz));

test('a sine of amplitude 1 is 0 dB in its own bin, and far less elsewhere', () => {
  const levels = spectrumDb(sine(1000, { rateHz: 16_000, length: 256 }), 96);
  expect(levels[16]).toBeCloseTo(0, 3);
  // A Hann window: one bin beside, half the amplitude; further away nothing.
  expect(levels[17]).toBeCloseTo(-6.02, 2);
  expect(Math.max(...levels.subarray(20))).toBeLessThan(-90);
});

test('silence is dark, and a tone bright at its height from the bottom', () => {
  expect(Math.max(...soundColumn(new Float32Array(960)))).toBe(0);
  const column = soundColumn(sine(1000, { rateHz: 48_000, length: 960 }));
  // 62.5 Hz a row: 1 kHz is row 16 from the bottom of 96.
  expect(column[95 - 16]).toBe(1);
  expect(column[10]).toBeLessThan(0.1);
});
