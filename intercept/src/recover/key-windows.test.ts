import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyWindowsIn } from './key-windows.ts';

const key = createHash('sha256').update('a key').digest();
const text = Buffer.from('{"level":30,"time":1795331548648,"port":0,"msg":"media worker ready"}');

it('finds a key among zeros and text, where an allocator would put it', () => {
  const before = Buffer.alloc(64 + 8 * Math.ceil(text.length / 8));
  text.copy(before);
  const memory = Buffer.concat([before, key, Buffer.alloc(100)]);
  expect(keyWindowsIn(memory).map((window) => Buffer.from(window))).toContainEqual(key);
});

it.each([
  [24, 1],
  [23, 0],
])('of 32 bytes with %i values finds %i', (different, count) => {
  const window = Buffer.from(Array.from({ length: 32 }, (_, i) => 1 + (i % different)));
  expect(keyWindowsIn(window)).toHaveLength(count);
});

it('finds each value once, and nothing where there are zeros and text only', () => {
  const apart = Buffer.alloc(64);
  const memory = Buffer.concat([apart, key, apart, key, apart]);
  expect(keyWindowsIn(memory).filter((window) => key.equals(window))).toHaveLength(1);
  expect(keyWindowsIn(Buffer.concat([apart, text, apart]))).toEqual([]);
});
