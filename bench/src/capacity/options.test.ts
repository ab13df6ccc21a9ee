import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('measures everything into report/capacity unless told otherwise', () => {
  expect(parseOptions([])).toEqual({
    only: ['forwarding', 'growth', 'joins'],
    isQuick: false,
    outFolder: 'report/capacity',
    jsonFile: undefined,
  });
});

it('takes parts, a folder and a file', () => {
  const args = ['--quick', '--only', 'joins', '--only', 'growth', '--out', 'a', '--json', 'b'];
  expect(parseOptions(args)).toEqual({
    only: ['joins', 'growth'],
    isQuick: true,
    outFolder: 'a',
    jsonFile: 'b',
  });
});

it('refuses what it does not know', () => {
  expect(() => parseOptions(['--only', 'speed'])).toThrow(RangeError);
  expect(() => parseOptions(['--fast'])).toThrow(TypeError);
});
