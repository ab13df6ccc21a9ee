import { expect, it } from 'vitest';
import { isSameName } from './same-name.ts';

it.each([
  ['Ana', 'ana'],
  ['Ana', ' Ana '],
  ['Ana Lima', 'AnaLima'],
  ['Ana', 'Aña'],
  ['José', 'Jose\u0301'],
  ['Ana', 'A\u200bn\u00ada'],
  ['Ana', 'Аnа'],
  ['Ana', 'Αna'],
  ['Ana', 'Ａｎａ'],
  ['Bob', 'B0b'],
  ['Ana.', 'Ana'],
])('%s and %s read the same', (first, second) => {
  expect(isSameName(first, second)).toBe(true);
  expect(isSameName(second, first)).toBe(true);
});

it.each([
  ['Ana', 'Anna'],
  ['Ana', 'Bo'],
  ['Ana', 'Ana 2'],
  ['李', '王'],
])('%s and %s do not', (first, second) => {
  expect(isSameName(first, second)).toBe(false);
});
