import { options } from 'preact';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DrawingPace } from './drawing-pace.ts';

const frameMs = 16;

let pace: DrawingPace;
let people: EventTarget;
/** When each drawing happened, in milliseconds from the beginning. */
let drawnAtMs: number[];

/** As Preact does when something changed, once until it is drawn. */
function change(): void {
  options.debounceRendering?.(() => drawnAtMs.push(performance.now() - begunAtMs));
}

let begunAtMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, frameMs));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
  pace = new DrawingPace();
  people = new EventTarget();
  drawnAtMs = [];
  begunAtMs = performance.now();
  pace.begin(people);
});

afterEach(() => {
  delete options.debounceRendering;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('what is drawn', () => {
  test('is drawn with the next frame', () => {
    change();
    vi.advanceTimersByTime(frameMs);
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([frameMs, 2 * frameMs]);
  });

  test('is drawn by the clock on a page that gets no frames', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([100]);
  });

  test('waits while it is held back, from the beginning of that on', () => {
    change();
    vi.advanceTimersByTime(1000);
    pace.holdBack();
    change();
    vi.advanceTimersByTime(100);
    pace.holdBack();
    change();
    vi.advanceTimersByTime(1000);
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([frameMs, 1000 + 250 + frameMs, 2100 + frameMs]);
  });

  test('is not held back where it is the first, or follows a deed', () => {
    const release = pace.holdBack();
    change();
    vi.advanceTimersByTime(1000);
    release();
    people.dispatchEvent(new Event('click'));
    pace.holdBack();
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([frameMs, 1000 + frameMs]);
  });

  test.each(['pointerdown', 'click', 'keydown', 'input'])('is not held back after a %s', (deed) => {
    pace.holdBack();
    change();
    vi.advanceTimersByTime(frameMs);
    change();
    vi.advanceTimersByTime(50);
    people.dispatchEvent(new Event(deed));
    vi.advanceTimersByTime(50);
    people.dispatchEvent(new Event(deed));
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([frameMs, frameMs + 50 + frameMs, frameMs + 100 + frameMs]);
  });

  test('is no longer held back when all who asked for it are done', () => {
    const releases = [pace.holdBack(), pace.holdBack()];
    change();
    vi.advanceTimersByTime(frameMs);
    for (const release of releases) release();
    change();
    vi.advanceTimersByTime(1000);
    expect(drawnAtMs).toEqual([frameMs, 2 * frameMs]);
  });
});
