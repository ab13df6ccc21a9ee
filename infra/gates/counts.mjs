/**
 * What a test run counted, from the report that it wrote: what a program says about its tests on the
 * terminal is for people, and an exit code of 0 does not tell whether anything ran.
 */

/** @typedef {{ passed: number, failed: number, skipped: number, retried: number }} Counts `retried`: of those that passed. */

/** @type {Counts} */
const none = { passed: 0, failed: 0, skipped: 0, retried: 0 };

/**
 * Vitest's JSON report (`--reporter=json`).
 * @param {any} report
 * @returns {Counts}
 */
export function countVitest(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    retried: 0,
  };
}

/**
 * Playwright's JSON report. A test that passed only when it was tried again has passed, and is counted
 * apart: docs/decisions/0021-one-retry.md.
 * @param {any} report
 * @returns {Counts}
 */
export function countPlaywright({ stats }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    retried: stats.flaky,
  };
}

/**
 * What a gate adds to the sum. A gate without tests counts as one. A test gate counts its tests, and is
 * one failure where it failed otherwise: no report, no test that ran, or an error outside every test.
 * @param {{ exitCode: number | null, tests: Counts | undefined, hasTests: boolean }} outcome
 * @returns {Counts}
 */
export function countGate({ exitCode, tests, hasTests }) {
  const succeeded = exitCode === 0;
  if (!hasTests) return { ...none, passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 };
  if (tests === undefined) return { ...none, failed: 1 };
  const ranNothing = tests.passed + tests.failed === 0;
  const failedOutsideTests = !succeeded && tests.failed === 0;
  return { ...tests, failed: tests.failed + (ranNothing || failedOutsideTests ? 1 : 0) };
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  const total = { ...none };
  for (const counts of all) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    total.retried += counts.retried;
  }
  return total;
}

/**
 * `12 passed, 0 failed`, then what else there is: `, 3 skipped, 1 retried`.
 * @param {Counts} counts
 */
export function describeCounts({ passed, failed, skipped, retried }) {
  const parts = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (retried > 0) parts.push(`${retried} retried`);
  return parts.join(', ');
}
