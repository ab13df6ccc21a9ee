import { expect, it } from 'vitest';
import { allowedCores } from './cores.ts';

it.each([
  ['0-1', [0, 1]],
  ['3', [3]],
  ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ['', []],
])('the list %j of proc(5) names cores', (list, cores) => {
  expect(allowedCores(list)).toEqual(cores);
});
