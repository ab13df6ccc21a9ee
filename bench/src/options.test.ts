import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('measures everything five times by default', () => {
    expect(parseOptions([])).toEqual({
      only: ['join', 'bytes', 'cipher', 'renderer', 'groups'],
      runs: 5,
      isQuick: false,
      jsonFile: undefined,
    });
  });

  it('takes fewer runs when quick, unless told', () => {
    expect(parseOptions(['--quick']).runs).toBe(2);
    expect(parseOptions(['--quick', '--runs', '7']).runs).toBe(7);
  });

  it('takes several parts and a file', () => {
    const options = parseOptions(['--only', 'join', '--only', 'bytes', '--json', 'a.json']);
    expect(options.only).toEqual(['join', 'bytes']);
    expect(options.jsonFile).toBe('a.json');
  });

  it.each([['--runs', '0'], ['--runs', 'x'], ['--only', 'video'], ['--fast'], ['file']])(
    'refuses %s %s',
    (...args) => {
      expect(() => parseOptions(args.filter((arg) => typeof arg === 'string'))).toThrow();
    },
  );
});
