import { expect, it } from 'vitest';
import { chooseSearchShare, coreText } from './search-share.ts';

it('every server has the same share where a group can hold it to that', () => {
  const controller = { version: 2, folder: '/sys/fs/cgroup' } as const;
  const share = chooseSearchShare({ isThere: true, controller });
  expect(share).toEqual({ isLimited: true, ofCore: 0.35, controller });
  expect(coreText(share)).toBe('35 % of one core');
});

it('every server has its whole core where none can', () => {
  const share = chooseSearchShare({ isThere: false, reason: 'not root' });
  expect(share).toEqual({ isLimited: false, ofCore: 1, reason: 'not root' });
  expect(coreText(share)).toBe('one core');
});
