import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LinkWatch } from './link-watch.ts';

const seen: string[] = [];
let watch: LinkWatch;

beforeEach(() => {
  vi.useFakeTimers();
  seen.length = 0;
  watch = new LinkWatch({
    onLink: (link) => seen.push(link),
    onRestart: () => seen.push('restart'),
    onGiveUp: () => seen.push('give up'),
  });
});

afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

it('lets a dip of less than four seconds pass', () => {
  watch.update('connected');
  watch.update('disconnected');
  vi.advanceTimersByTime(3900);
  watch.update('connected');
  vi.advanceTimersByTime(60_000);
  expect(seen).toEqual(['up', 'down', 'up']);
});

it('restarts after four seconds, again every six, and gives up after thirty', () => {
  watch.update('connected');
  watch.update('disconnected');
  vi.advanceTimersByTime(4000);
  expect(seen).toEqual(['up', 'down', 'restart']);
  vi.advanceTimersByTime(25_999);
  expect(seen.filter((what) => what === 'restart')).toHaveLength(5);
  expect(seen).not.toContain('give up');
  vi.advanceTimersByTime(1);
  expect(seen.at(-1)).toBe('give up');
  vi.advanceTimersByTime(60_000);
  expect(seen.at(-1)).toBe('give up');
});

it('restarts a failed connection at once', () => {
  watch.update('failed');
  vi.advanceTimersByTime(0);
  expect(seen).toEqual(['down', 'restart']);
});

it('gives up a connection that never comes up, but not one that nobody needs yet', () => {
  watch.update('new');
  vi.advanceTimersByTime(60_000);
  expect(seen).toEqual([]);
  watch.update('connecting');
  vi.advanceTimersByTime(30_000);
  expect(seen).toEqual(['give up']);
});

it('brings a waiting restart forward when signaling is back', () => {
  watch.update('disconnected');
  watch.retryNow();
  vi.advanceTimersByTime(0);
  expect(seen).toEqual(['down', 'restart']);
});
