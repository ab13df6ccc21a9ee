import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kneeSearch, type KneeSearchOptions } from './knee-search.ts';
import type { Verdict } from './verdict.ts';

function search(options: KneeSearchOptions, judge: (level: number, turn: number) => Verdict) {
  const steps = kneeSearch(options);
  const tried: number[] = [];
  let step = steps.next();
  while (step.done !== true) {
    tried.push(step.value);
    step = steps.next(judge(step.value, tried.length));
  }
  return { knee: step.value, tried };
}

describe('search for the knee', () => {
  it('finds it within the precision, wherever it lies and begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(1.25, 2),
        fc.constantFrom(0, 0.05, 0.2),
        (limit, start, growth, precision) => {
          const most = 160;
          const { knee, tried } = search({ start, most, growth, precision }, (level) =>
            level <= limit ? 'kept' : 'bent',
          );
          expect(knee.best).toBeLessThanOrEqual(Math.min(limit, most));
          const nearest = Math.min(limit, most);
          expect(nearest - knee.best).toBeLessThanOrEqual(Math.max(1, precision * knee.best));
          if (precision === 0 && limit < most) expect(knee.best).toBe(limit);
          expect(knee.limitedBy).toBe(limit < most ? 'server' : 'layout');
          expect(tried.every((level) => level >= 1 && level <= most)).toBe(true);
          expect(tried.length).toBeLessThan(40);
        },
      ),
    );
  });

  it('tries all that the layout has before it calls that the limit', () => {
    const { knee } = search({ start: 150, most: 160, growth: 2, precision: 0.2 }, (level) =>
      level <= 155 ? 'kept' : 'bent',
    );
    expect(knee).toEqual({ best: 150, limitedBy: 'server' });
  });

  it('says 0 where not even one is kept', () => {
    const { knee } = search({ start: 8, most: 16, growth: 2, precision: 0.05 }, () => 'bent');
    expect(knee).toEqual({ best: 0, limitedBy: 'server' });
  });

  it('takes one failure for an accident', () => {
    let isFirst = true;
    const { knee } = search({ start: 10, most: 20, growth: 2, precision: 0.05 }, () => {
      const verdict = isFirst ? 'bent' : 'kept';
      isFirst = false;
      return verdict;
    });
    expect(knee).toEqual({ best: 20, limitedBy: 'layout' });
  });

  it('takes another window for one that was disturbed', () => {
    const verdicts: Verdict[] = ['bent', 'disturbed', 'disturbed', 'bent'];
    const { knee, tried } = search({ start: 2, most: 2, growth: 2, precision: 1 }, (level, turn) =>
      level === 2 ? (verdicts[turn - 1] ?? 'kept') : 'kept',
    );
    expect(tried).toEqual([2, 2, 2, 2, 1]);
    expect(knee).toEqual({ best: 1, limitedBy: 'server' });
  });

  it('takes four windows on a level at most', () => {
    const { knee, tried } = search({ start: 2, most: 2, growth: 2, precision: 1 }, (level) =>
      level === 2 ? 'disturbed' : 'kept',
    );
    expect(tried).toEqual([2, 2, 2, 2, 1]);
    expect(knee).toEqual({ best: 1, limitedBy: 'load' });
  });

  it('begins where it is told, and grows as much as it is told', () => {
    const options = { start: 10, most: 40, precision: 0.05 };
    const tried = (growth: number): number[] => search({ ...options, growth }, () => 'kept').tried;
    expect(tried(2)).toEqual([10, 20, 40]);
    expect(tried(1.25)).toEqual([10, 12, 15, 18, 22, 27, 33, 40]);
  });

  it('says when the load was the limit', () => {
    const { knee } = search({ start: 4, most: 20, growth: 2, precision: 0.05 }, (level) =>
      level > 6 ? 'disturbed' : 'kept',
    );
    expect(knee).toEqual({ best: 6, limitedBy: 'load' });
  });
});
