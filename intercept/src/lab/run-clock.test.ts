import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunClock } from './run-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('ends a run when its time is up', async () => {
  const { signal } = new RunClock(1000);
  await vi.advanceTimersByTimeAsync(999);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal.reason).toMatchObject({ code: 'timeout', message: 'not done after 1 s' });
});

test('says what a run was doing when its time was up', async () => {
  const clock = new RunClock(1000);
  clock.note('alice calls');
  clock.note('bob comes');
  await vi.advanceTimersByTimeAsync(1000);
  expect(clock.signal.reason).toMatchObject({ message: 'not done after 1 s, while bob comes' });
});

test('stands still while the run waits for what others share, and goes on when that fails', async () => {
  const clock = new RunClock(1000);
  await vi.advanceTimersByTimeAsync(600);
  const shared = Promise.withResolvers<never>();
  const waiting = clock.pauseFor(shared.promise);
  await vi.advanceTimersByTimeAsync(5000);
  shared.reject(new Error('no call'));
  await expect(waiting).rejects.toThrow('no call');
  await vi.advanceTimersByTimeAsync(399);
  expect(clock.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(clock.signal.aborted).toBe(true);
});

test('never ends a run that is over, whatever it still waited for', async () => {
  const clock = new RunClock(1000);
  const shared = Promise.withResolvers<string>();
  const waiting = clock.pauseFor(shared.promise);
  clock.stop();
  shared.resolve('call');
  await expect(waiting).resolves.toBe('call');
  await vi.advanceTimersByTimeAsync(5000);
  expect(clock.signal.aborted).toBe(false);
});
