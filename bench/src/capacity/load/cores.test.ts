import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { expect, it } from 'vitest';
import { allowedCores, moveToCore, onCore } from './cores.ts';

it.each([
  ['0-1', [0, 1]],
  ['3', [3]],
  ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ['', []],
])('the list %j of proc(5) names cores', (list, cores) => {
  expect(allowedCores(list)).toEqual(cores);
});

it('a command runs on its core', () => {
  expect(onCore(3, ['node', 'a.ts'])).toEqual(['taskset', ['-c', '3', 'node', 'a.ts']]);
});

it.skipIf(spawnSync('taskset', ['-V']).error !== undefined)('no core, no server', () => {
  const absent = 99_999;
  expect(() => {
    moveToCore(absent, [process.pid]);
  }).toThrow(`process ${process.pid} could not be bound to core ${absent}`);
});
