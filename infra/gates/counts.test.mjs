import { describe, expect, test } from 'vitest';
import { countGate, countPlaywright, countVitest, describeCounts, sum } from './counts.mjs';

const tests = { passed: 5, failed: 0, skipped: 1 };

describe('countGate', () => {
  test('counts a gate without tests as one', () => {
    const outcome = { hasTests: false, tests: undefined };
    expect(countGate({ ...outcome, exitCode: 0 })).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countGate({ ...outcome, exitCode: 2 })).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countGate({ ...outcome, exitCode: null })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('counts the tests of a test gate', () => {
    expect(countGate({ hasTests: true, tests, exitCode: 0 })).toEqual(tests);
    const failing = { passed: 4, failed: 1, skipped: 1 };
    expect(countGate({ hasTests: true, tests: failing, exitCode: 1 })).toEqual(failing);
  });

  test('fails a test gate that ran nothing, though it exits with 0', () => {
    const nothing = { passed: 0, failed: 0, skipped: 3 };
    expect(countGate({ hasTests: true, tests: nothing, exitCode: 0 }).failed).toBe(1);
    expect(countGate({ hasTests: true, tests: undefined, exitCode: 0 }).failed).toBe(1);
  });

  test('fails a test gate that failed outside its tests', () => {
    expect(countGate({ hasTests: true, tests, exitCode: 1 }).failed).toBe(1);
    expect(countGate({ hasTests: true, tests, exitCode: null }).failed).toBe(1);
  });
});

test('reads the reports of both runners', () => {
  const vitest = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
  expect(countVitest(vitest)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  const playwright = { stats: { expected: 7, unexpected: 1, flaky: 1, skipped: 2 } };
  expect(countPlaywright(playwright)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test('ends in one line', () => {
  const total = sum([tests, { passed: 1, failed: 2, skipped: 0 }]);
  expect(describeCounts(total)).toBe('6 passed, 2 failed, 1 skipped');
  expect(describeCounts({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
});
