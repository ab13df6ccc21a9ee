import { expect, test } from 'vitest';
import { PlayoutSchedule } from './playout-schedule.ts';

const length = 960;
const options = { delaySamples: 7200, mostAheadSamples: 38_400 };

test('plays frames back to back, the first one after the delay, however they arrive within it', () => {
  const schedule = new PlayoutSchedule(options);
  const arrivals = [100, 1900, 1900, 3000, 3900];
  const places = arrivals.map((now, i) => schedule.place({ position: i * length, length, now }));
  expect(places).toEqual([7300, 8260, 9220, 10_180, 11_140]);
});

test('keeps the silence of frames that were not sent', () => {
  const schedule = new PlayoutSchedule(options);
  schedule.place({ position: 0, length, now: 0 });
  expect(schedule.place({ position: 20 * length, length, now: 20 * length })).toBe(
    7200 + 20 * length,
  );
});

test('leaves out what came twice or out of turn', () => {
  const schedule = new PlayoutSchedule(options);
  schedule.place({ position: length, length, now: 0 });
  expect(schedule.place({ position: length, length, now: 10 })).toBeUndefined();
  expect(schedule.place({ position: 0, length, now: 10 })).toBeUndefined();
});

test('waits anew when it ran dry', () => {
  const schedule = new PlayoutSchedule(options);
  schedule.place({ position: 0, length, now: 0 });
  expect(schedule.place({ position: length, length, now: 20_000 })).toBe(27_200);
  expect(schedule.place({ position: 2 * length, length, now: 20_960 })).toBe(28_160);
});

test('catches up with a burst instead of falling behind for good', () => {
  const schedule = new PlayoutSchedule(options);
  const places = Array.from({ length: 100 }, (_, i) =>
    schedule.place({ position: i * length, length, now: 0 }),
  );
  const latest = Math.max(...places.map((at) => at ?? 0));
  expect(latest).toBeLessThanOrEqual(options.mostAheadSamples);
  expect(schedule.place({ position: 100 * length, length, now: 30_000 })).toBe(latest + length);
});

test('starts anew with another stream', () => {
  const schedule = new PlayoutSchedule(options);
  schedule.place({ position: 0, length, now: 0 });
  expect(schedule.place({ position: -5_000_000, length, now: 960 })).toBe(8160);
  expect(schedule.place({ position: 9_000_000, length, now: 1920 })).toBe(9120);
});
