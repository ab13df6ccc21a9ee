import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startFrameClock } from './frame-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the frame clock', () => {
  it('ticks 50 times a second, in order, also where every timer is late', () => {
    const ticks: number[] = [];
    const startedAtMs = performance.now();
    const stop = startFrameClock((index) => {
      ticks.push(index);
      // Work that takes 7 ms: timers that wait 20 ms each would tick 37 times a second.
      vi.advanceTimersByTime(7);
    });
    while (performance.now() - startedAtMs < 60_000) vi.advanceTimersToNextTimer();
    stop();
    // The first at 0 s, the last at 60 s.
    expect(ticks.length).toBe(3001);
    expect(ticks).toEqual(ticks.map((_, i) => i));
  });

  it('makes up for a pause, but not for a long one', () => {
    let ticks = 0;
    const now = vi.spyOn(performance, 'now');
    now.mockReturnValue(0);
    const stop = startFrameClock(() => ticks++);
    expect(ticks).toBe(1);
    now.mockReturnValue(500);
    vi.advanceTimersToNextTimer();
    expect(ticks).toBe(26);
    now.mockReturnValue(60_000);
    vi.advanceTimersToNextTimer();
    expect(ticks).toBe(27);
    stop();
    now.mockReturnValue(60_100);
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(27);
    now.mockRestore();
  });

  it('can be stopped from within', () => {
    let ticks = 0;
    const stop = startFrameClock(() => {
      if (++ticks === 3) stop();
    });
    vi.advanceTimersByTime(1000);
    stop();
    expect(ticks).toBe(3);
  });
});
