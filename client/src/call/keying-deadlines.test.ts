import { participantId } from '@earshot/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeyingDeadlines } from './keying-deadlines.ts';

const ghost = participantId.parse('G'.repeat(22));
const missed: string[] = [];
let isReachable = true;
let deadlines: KeyingDeadlines;

beforeEach(() => {
  vi.useFakeTimers();
  missed.length = 0;
  isReachable = true;
  deadlines = new KeyingDeadlines({
    isReachable: () => isReachable,
    onMissed: (personId) => missed.push(personId),
  });
  deadlines.start(ghost);
});

afterEach(() => {
  deadlines.close();
  vi.useRealTimers();
});

it('is missed by who says nothing for fifteen seconds', () => {
  vi.advanceTimersByTime(14_999);
  expect(missed).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(missed).toEqual([ghost]);
});

it('is not missed by who agreed or left', () => {
  deadlines.stop(ghost);
  deadlines.prolong(ghost);
  vi.advanceTimersByTime(60_000);
  expect(missed).toEqual([]);
});

it('counts again from each message, and from the return of a connection', () => {
  vi.advanceTimersByTime(10_000);
  deadlines.prolong(ghost);
  vi.advanceTimersByTime(10_000);
  isReachable = false;
  vi.advanceTimersByTime(10_000);
  isReachable = true;
  expect(missed).toEqual([]);
  vi.advanceTimersByTime(15_000);
  expect(missed).toEqual([ghost]);
});
