/**
 * Which tests failed and why, from the reports that a test run wrote: to be said once more at the end, where
 * they are found without reading thousands of lines.
 */

/**
 * @typedef {object} Failure
 * @property {string} name
 * @property {string} reason
 * @property {string} [contextFile] Where Playwright wrote what the page showed.
 */

/** Whole pages, but no log that nobody reads. */
const [pagesAtMost, linesAtMost] = [3, 60];

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
    ...failed.map((/** @type {any} */ { file, line, title, tests }) => {
      const result = tests.flatMap((/** @type {any} */ { results }) => results).at(-1);
      return {
        name: `${file}:${line} ${title}`,
        reason: head(result?.error?.message),
        contextFile: result?.attachments?.find(
          (/** @type {any} */ { name }) => name === 'error-context',
        )?.path,
      };
    }),
    ...suites.flatMap((/** @type {any} */ suite) => failuresOfSuite(suite)),
  ];
}

/**
 * What pages showed when their tests failed, line by line: the first few tests of which that was written.
 * @param {readonly Failure[]} failures
 * @param {(file: string) => string} read
 * @returns {string[]}
 */
export function pagesOf(failures, read) {
  return failures
    .flatMap(({ name, contextFile }) => {
      const page = contextFile === undefined ? undefined : snapshotIn(read(contextFile));
      return page === undefined ? [] : [{ name, page }];
    })
    .slice(0, pagesAtMost)
    .flatMap(({ name, page }) => {
      const more = page.length - linesAtMost;
      return [
        `page of ${name}:`,
        ...page.slice(0, linesAtMost).map((line) => `  ${line}`),
        ...(more > 0 ? [`  ${more} more lines`] : []),
      ];
    });
}

/**
 * The accessibility tree in Playwright's `error-context.md`: its one block of YAML.
 * @param {string} context
 */
function snapshotIn(context) {
  const lines = context.split('\n');
  const start = lines.indexOf('```yaml');
  const end = lines.indexOf('```', start);
  return start === -1 || end === -1 ? undefined : lines.slice(start + 1, end);
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
