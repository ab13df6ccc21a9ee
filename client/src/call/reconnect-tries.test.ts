import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReconnectTries } from './reconnect-tries.ts';

let connectedAtMs: number[];
let isOver: boolean;
let tries: ReconnectTries;

beforeEach(() => {
  vi.useFakeTimers();
  // The longest of each delay.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  connectedAtMs = [];
  isOver = false;
  const begunAtMs = performance.now();
  tries = new ReconnectTries({
    connect: () => connectedAtMs.push(performance.now() - begunAtMs),
    onOver: () => {
      isOver = true;
    },
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.advanceTimersByTime(ms);
}

it('tries at once, waits for how that ends, and waits longer before each further try', () => {
  tries.begin(15_000);
  pass(5000);
  tries.failed();
  pass(250);
  tries.failed();
  pass(499);
  expect(connectedAtMs).toEqual([0, 5000 + 250]);
  pass(1);
  expect(connectedAtMs).toEqual([0, 5250, 5750]);
  expect(isOver).toBe(false);
});

it('gives up when the next try would come too late', () => {
  tries.begin(500);
  pass(1);
  tries.failed();
  pass(250);
  tries.failed();
  expect(isOver).toBe(true);
  pass(10_000);
  expect(connectedAtMs).toEqual([0, 251]);
});

it('starts over where there is hope, but not beside a try that is being made', () => {
  tries.begin(15_000);
  pass(1);
  tries.hurry();
  pass(1000);
  expect(connectedAtMs).toEqual([0]);
  tries.failed();
  tries.hurry();
  pass(1);
  expect(connectedAtMs).toEqual([0, 1001]);
  tries.failed();
  pass(250);
  expect(connectedAtMs).toEqual([0, 1001, 1002 + 250]);
});

it('begins anew with the whole time', () => {
  tries.begin(500);
  pass(500);
  tries.begin(500);
  pass(100);
  tries.failed();
  pass(250);
  expect(connectedAtMs).toEqual([0, 500, 850]);
  expect(isOver).toBe(false);
});

it('makes no try after it was stopped', () => {
  tries.begin(15_000);
  pass(1);
  tries.failed();
  tries.stop();
  pass(20_000);
  expect(connectedAtMs).toEqual([0]);
});
