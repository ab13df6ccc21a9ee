/**
 * What a test run counted, from the report that it wrote: what a program says about its tests on the
 * terminal is for people, and an exit code of 0 does not tell whether anything ran.
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

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
  };
}

/**
 * Playwright's JSON report. A test that passed only when it was tried again has not passed.
 * @param {any} report
 * @returns {Counts}
 */
export function countPlaywright({ stats }) {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
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
  if (!hasTests) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
  if (tests === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const ranNothing = tests.passed + tests.failed === 0;
  const failedOutsideTests = !succeeded && tests.failed === 0;
  return { ...tests, failed: tests.failed + (ranNothing || failedOutsideTests ? 1 : 0) };
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}

/**
 * `12 passed, 0 failed`, and `, 3 skipped` if any.
 * @param {Counts} counts
 */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
