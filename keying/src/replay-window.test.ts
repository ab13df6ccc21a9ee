import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayWindow } from './replay-window.ts';

describe('ReplayWindow', () => {
  it('takes each index once, in any order within the window', () => {
    const window = new ReplayWindow(64);
    for (const index of [5, 3, 4, 0, 67, 66]) {
      expect(window.check(index)).toBe('ok');
      window.accept(index);
      expect(window.check(index)).toBe('replay');
    }
    expect(window.highest).toBe(67);
    expect(window.check(3)).toBe('too-old');
    expect(window.check(4)).toBe('replay');
    expect(window.check(6)).toBe('ok');
  });

  it('forgets nothing and keeps nothing stale after jumps of any length', () => {
    for (const jump of [1, 31, 32, 33, 63, 64, 127, 128, 129, 4096, 2 ** 40]) {
      const window = new ReplayWindow(64);
      for (let index = 0; index < 200; index++) window.accept(index);
      const next = 199 + jump;
      window.accept(next);
      for (let index = next - 63; index < next; index++) {
        expect(window.check(index), `${index} after ${next}`).toBe(index <= 199 ? 'replay' : 'ok');
      }
      expect(window.check(next - 64)).toBe('too-old');
    }
  });

  it('works up to 2^53 - 1', () => {
    const window = new ReplayWindow();
    window.accept(Number.MAX_SAFE_INTEGER);
    expect(window.check(Number.MAX_SAFE_INTEGER)).toBe('replay');
    expect(window.check(Number.MAX_SAFE_INTEGER - 1)).toBe('ok');
    expect(window.check(Number.MAX_SAFE_INTEGER - 1024)).toBe('too-old');
  });

  it('refuses misuse', () => {
    for (const size of [0, 32, 65, 100, -64, 64.5, Number.NaN, 2 ** 21]) {
      expect(() => new ReplayWindow(size)).toThrow(RangeError);
    }
    const window = new ReplayWindow(64);
    for (const index of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => window.check(index)).toThrow(RangeError);
    }
    window.accept(100);
    expect(() => window.accept(100)).toThrow(RangeError);
    expect(() => window.accept(36)).toThrow(RangeError);
  });

  it('agrees with a set of all accepted indices', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(64, 128, 1024),
        fc.array(fc.integer({ min: -2200, max: 2200 }), { maxLength: 300 }),
        (size, steps) => {
          const window = new ReplayWindow(size);
          const accepted = new Set<number>();
          let highest = -1;
          let index = 2000;
          for (const step of steps) {
            index = Math.max(0, index + step);
            const expected =
              highest - index >= size ? 'too-old' : accepted.has(index) ? 'replay' : 'ok';
            expect(window.check(index)).toBe(expected);
            if (expected !== 'ok') continue;
            window.accept(index);
            accepted.add(index);
            highest = Math.max(highest, index);
          }
        },
      ),
    );
  });
});
