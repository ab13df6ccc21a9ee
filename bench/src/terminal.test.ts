import { describe, expect, it } from 'vitest';
import { comparedText } from './terminal.ts';

describe('comparedText', () => {
  it.each([
    [1.2345, 'ratio', 1, 'x 1.23'],
    [3.21, 'difference', 1, '+3.2'],
    [-3.21, 'difference', 1, '-3.2'],
    [-0.04, 'difference', 1, '+0.0'],
    [0, 'difference', 0, '+0'],
  ] as const)('%d as %s with %i digits is %s', (value, versus, digits, text) => {
    expect(comparedText(value, versus, digits)).toBe(text);
  });
});
