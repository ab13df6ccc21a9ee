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
      return [{ name: file.name, reason: head(file.message) }];
    }
    return failed.map((/** @type {any} */ { fullName, failureMessages }) => ({
      name: `${file.name} ${fullName}`,
      reason: head(failureMessages[0]),
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
    reason: head(message),
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
      reason: head(
        tests.flatMap((/** @type {any} */ { results }) => results).at(-1)?.error?.message,
      ),
    })),
    ...suites.flatMap((/** @type {any} */ suite) => failuresOfSuite(suite)),
  ];
}

/**
 * What a message begins with: fast-check says the seed on the second line and the case on the third.
 * @param {string | undefined} message
 */
function head(message = '') {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  const lines = message.replace(escapes, '').split('\n').slice(0, 3);
  const end = lines.findIndex((line) => line.trim() === '' || /^\s+at /.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).map((line) => line.trim()).join(' ');
}
