import { expect, test } from 'vitest';
import { labPathOf } from './lab-link.ts';

test.each([
  ['http://localhost:3000/j/Cf3yYd0hT1GZ0n5l2m8QwA#m=e2ee&k=secret', '/lab/Cf3yYd0hT1GZ0n5l2m8QwA'],
  ['http://127.0.0.1:3000/j/Cf3yYd0hT1GZ0n5l2m8QwA', '/lab/Cf3yYd0hT1GZ0n5l2m8QwA'],
  ['http://[::1]:3000/j/Cf3yYd0hT1GZ0n5l2m8QwA', '/lab/Cf3yYd0hT1GZ0n5l2m8QwA'],
  ['https://calls.example/j/Cf3yYd0hT1GZ0n5l2m8QwA', undefined],
  ['https://localhost.example/j/Cf3yYd0hT1GZ0n5l2m8QwA', undefined],
  ['http://localhost:3000/', undefined],
])('%s leads to %s', (link, path) => {
  expect(labPathOf(link)).toBe(path);
});
