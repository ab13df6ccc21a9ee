import { describe, expect, test } from 'vitest';
import { parseRoute } from './route.ts';

describe('parseRoute', () => {
  test.each([
    ['/', 'start'],
    ['/index.html', 'start'],
    ['/j/Zk3vT9qLwX1cYb7NfR2sHA', 'join'],
    ['/j/Zk3vT9qLwX1cYb7NfR2sHA/', 'join'],
    // Cut off: the join page explains it.
    ['/j/Zk3v', 'join'],
    ['/j/', 'join'],
    ['/j', 'join'],
    ['/join', 'not-found'],
    ['/J/Zk3vT9qLwX1cYb7NfR2sHA', 'not-found'],
    ['/about', 'not-found'],
    ['//j/', 'not-found'],
  ])('%s is %s', (pathname, kind) => {
    expect(parseRoute(pathname)).toEqual({ kind });
  });
});
