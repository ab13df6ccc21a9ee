/**
 * Which tests failed and why, from the reports that a test run wrote: to be said once more at the end, where
 * they are found without reading thousands of lines.
 */

/** @typedef {{ name: string, reason: string }} Failure */

/**
 * Of Vitest's JSON report (`--reporter=json`): tests, and files that failed outside their tests.
 * @param {any} report
 * @returns {Failure[]}
 */
export function failuresOfVitest({ testResults }) {
  return testResults.flatMap((/** @type {any} */ file) => {
    const failed = file.assertionResults.filter(
      (/** @type {any} */ { status }) => status === 'failed',
    );
    if (failed.length === 0 && file.status === 'failed') {
      return [{ name: file.name, reason: firstLine(file.message) }];
    }
    return failed.map((/** @type {any} */ { fullName, failureMessages }) => ({
      name: `${file.name} ${fullName}`,
      reason: firstLine(failureMessages[0]),
    }));
  });
}

/**
 * Of Playwright's JSON report: tests, and errors outside them.
 * @param {any} report
 * @returns {Failure[]}
 */
export function failuresOfPlaywright({ suites, errors }) {
  const outside = errors.map((/** @type {any} */ { message }) => ({
    name: 'outside every test',
    reason: firstLine(message),
  }));
  return [...suites.flatMap((/** @type {any} */ suite) => failuresOfSuite(suite)), ...outside];
}

/**
 * @param {any} suite
 * @returns {Failure[]}
 */
function failuresOfSuite({ specs, suites = [] }) {
  const failed = specs.filter((/** @type {any} */ { ok }) => !ok);
  return [
    ...failed.map((/** @type {any} */ { file, line, title, tests }) => ({
      name: `${file}:${line} ${title}`,
      reason: firstLine(
        tests.flatMap((/** @type {any} */ { results }) => results).at(-1)?.error?.message,
      ),
    })),
    ...suites.flatMap((/** @type {any} */ suite) => failuresOfSuite(suite)),
  ];
}

/** @param {string | undefined} message */
function firstLine(message = '') {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  return message.replace(escapes, '').split('\n', 1)[0]?.trim() ?? '';
}
