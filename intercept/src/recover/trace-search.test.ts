import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { traceOf, TraceSearch } from './trace-search.ts';

const key = randomBytes(48);
const other = randomBytes(32);

function foundIn(memory: Buffer): string[] {
  const search = new TraceSearch([traceOf('key', key), traceOf('other', other)]);
  search.search(memory);
  return search.found;
}

describe('a search for traces', () => {
  it.each([0, 1, 7, 1000])('finds a key at byte %i, and not the one that is not there', (at) => {
    const memory = randomBytes(2000);
    expect(foundIn(memory)).toEqual([]);
    key.copy(memory, at);
    expect(foundIn(memory)).toEqual(['key']);
  });

  it.each([0, 16, 32])('finds what is left of a key: the 16 bytes from %i on', (from) => {
    const memory = Buffer.alloc(500);
    key.copy(memory, 99, from, from + 16);
    expect(foundIn(memory)).toEqual(['key']);
  });

  it('takes one byte less for none', () => {
    const [first, last] = [key[0] ?? 0, key[15] ?? 0].map((byte) => Buffer.alloc(9, byte ^ 1));
    expect(foundIn(Buffer.concat([first ?? key, key.subarray(1, 16)]))).toEqual([]);
    expect(foundIn(Buffer.concat([key.subarray(0, 15), last ?? key]))).toEqual([]);
  });

  it('adds up over pieces of memory, in the order asked for', () => {
    const search = new TraceSearch([traceOf('key', key), traceOf('other', other)]);
    for (const memory of [other, randomBytes(100), key]) search.search(memory);
    expect(search.found).toEqual(['key', 'other']);
  });

  it('finds several that begin with the same bytes', () => {
    const twin = Buffer.concat([key.subarray(0, 8), randomBytes(8)]);
    const search = new TraceSearch([traceOf('key', key), traceOf('twin', twin)]);
    search.search(Buffer.concat([twin, key]));
    expect(search.found).toEqual(['key', 'twin']);
  });

  it('refuses to look for one byte over and over', () => {
    expect(() => new TraceSearch([traceOf('zeros', new Uint8Array(32))])).toThrow(RangeError);
  });
});
