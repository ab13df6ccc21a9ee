import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpeechPacer } from './speech-pacer.ts';

const pacer = new SpeechPacer();

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  pacer.stop();
  vi.useRealTimers();
});

/** When each of so many speakers sent, in milliseconds from now. */
function speaking(speakers: number): number[][] {
  const startedAtMs = performance.now();
  const sentAtMs = Array.from({ length: speakers }, (): number[] => []);
  pacer.speak(sentAtMs.map((times) => () => times.push(performance.now() - startedAtMs)));
  return sentAtMs;
}

it('sends fifty frames a second for each speaker', async () => {
  const sent = speaking(3);
  await vi.advanceTimersByTimeAsync(10_000);
  for (const times of sent) expect(Math.abs(times.length - 500)).toBeLessThanOrEqual(1);
});

it('spreads the turns of all speakers over the 20 ms', async () => {
  const sent = speaking(40);
  await vi.advanceTimersByTimeAsync(20);
  const firsts = sent.flatMap((times) => times.slice(0, 1));
  expect(firsts).toHaveLength(40);
  for (let fromMs = 0; fromMs < 20; fromMs += 5) {
    const inQuarter = firsts.filter((atMs) => atMs > fromMs && atMs <= fromMs + 5);
    expect(Math.abs(inQuarter.length - 10)).toBeLessThanOrEqual(2);
  }
});

it.each([
  ['makes up for a short delay', 90, [4, 5]],
  ['does not make up for a standstill', 10_000, [1, 1]],
] as const)('%s', async (_, delayMs, [least, most]) => {
  const [sent = []] = speaking(1);
  await vi.advanceTimersByTimeAsync(40);
  sent.length = 0;
  // The clock goes on while nothing is called.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + delayMs);
  await vi.advanceTimersByTimeAsync(1);
  clock.mockRestore();
  expect(sent.length).toBeGreaterThanOrEqual(least);
  expect(sent.length).toBeLessThanOrEqual(most);
});

it('speaks only for the last ones, and for nobody when it is stopped', async () => {
  const [before = []] = speaking(1);
  const [after = []] = speaking(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(before).toEqual([]);
  expect(after.length).toBeGreaterThan(3);
  pacer.stop();
  after.length = 0;
  await vi.advanceTimersByTimeAsync(100);
  expect(after).toEqual([]);
});
