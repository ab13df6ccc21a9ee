import { describe, expect, test } from 'vitest';
import { parseRoute } from './route.ts';

describe('parseRoute', () => {
  test.each([
    ['/', 'start'],
    ['/index.html', 'start'],
    ['/identity', 'identity'],
    ['/identity/', 'identity'],
    ['/compare', 'compare'],
    ['/compare/', 'compare'],
    ['/compare/x', 'not-found'],
    ['/join', 'not-found'],
    ['/j', 'not-found'],
    ['/J/Zk3vT9qLwX1cYb7NfR2sHA', 'not-found'],
    ['/identity/x', 'not-found'],
    ['/j/Zk3vT9qLwX1cYb7NfR2sHA', 'join'],
    ['/j/Zk3vT9qLwX1cYb7NfR2sHA/', 'join'],
    // Cut off: the join page explains it.
    ['/j/Zk3v', 'join'],
    ['/j/', 'join'],
  ])('%s is %s', (pathname, route) => {
    expect(parseRoute(pathname)).toBe(route);
  });
});
