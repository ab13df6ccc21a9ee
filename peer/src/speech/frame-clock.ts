/** One tick per Opus frame, 50 a second, by the clock and not by the sum of timers: late ticks are made up for. */
import { frameMs } from './pcm.ts';

/** A process that stood still this long (a debugger, a suspended machine) goes on from now. */
const longestDelayMs = 1000;

/**
 * Calls `onFrame` with 0, 1, 2, ... at 20 ms each, the first at once. Does not keep the process alive.
 * @returns stops it; idempotent.
 */
export function startFrameClock(onFrame: (index: number) => void): () => void {
  let startedAtMs = performance.now();
  let index = 0;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    const lateMs = performance.now() - (startedAtMs + index * frameMs);
    if (lateMs > longestDelayMs) startedAtMs += lateMs;
    while (!isStopped && startedAtMs + index * frameMs <= performance.now()) onFrame(index++);
    if (isStopped) return;
    timer = setTimeout(tick, Math.max(0, startedAtMs + index * frameMs - performance.now()));
    timer.unref();
  };
  tick();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
