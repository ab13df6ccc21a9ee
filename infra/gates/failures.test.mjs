import { expect, test } from 'vitest';
import { failuresOfPlaywright, failuresOfVitest, pagesOf } from './failures.mjs';

test('names what failed in a report of Vitest', () => {
  const passed = { status: 'passed', fullName: 'a passes', failureMessages: [] };
  const failed = {
    status: 'failed',
    fullName: 'a fails',
    failureMessages: ['AssertionError: expected 1 to be 2\n    at x.ts:3:1'],
  };
  expect(
    failuresOfVitest({
      testResults: [
        { name: '/x/a.test.ts', status: 'failed', message: '', assertionResults: [passed, failed] },
        { name: '/x/b.test.ts', status: 'passed', message: '', assertionResults: [passed] },
        { name: '/x/c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    }),
  ).toEqual([
    { name: '/x/a.test.ts a fails', reason: 'AssertionError: expected 1 to be 2' },
    { name: '/x/c.test.ts', reason: 'no such module' },
  ]);
});

test('says the seed and the case that fast-check failed with', () => {
  const message =
    'Error: Property failed after 1 tests\n{ seed: 7, path: "0" }\nCounterexample: [0]\nShrunk 1 time(s)';
  const failed = { status: 'failed', fullName: 'holds', failureMessages: [message] };
  const file = { name: '/x/a.test.ts', status: 'failed', assertionResults: [failed] };
  expect(failuresOfVitest({ testResults: [file] })).toEqual([
    {
      name: '/x/a.test.ts holds',
      reason: 'Error: Property failed after 1 tests { seed: 7, path: "0" } Counterexample: [0]',
    },
  ]);
});

test('names what failed in a report of Playwright, however deep', () => {
  const spec = { file: 'specs/call.spec.ts', line: 7, title: 'two talk', ok: true, tests: [] };
  const red = String.fromCharCode(27) + '[31m';
  const failed = {
    ...{ ...spec, line: 9, title: 'three talk', ok: false },
    tests: [{ results: [{ error: { message: `${red}Error: silence\n\n  more` } }] }],
  };
  expect(
    failuresOfPlaywright({
      suites: [{ specs: [spec], suites: [{ specs: [failed] }] }],
      errors: [{ message: 'no browser' }],
    }),
  ).toEqual([
    { name: 'specs/call.spec.ts:9 three talk', reason: 'Error: silence' },
    { name: 'outside every test', reason: 'no browser' },
  ]);
});

test('finds where the page of a failed test was written', () => {
  const result = { error: { message: 'Error: silence' } };
  const attachments = [
    { name: 'trace', path: '/x/trace.zip' },
    { name: 'error-context', contentType: 'text/markdown', path: '/x/error-context.md' },
  ];
  const spec = { file: 'specs/call.spec.ts', line: 7, title: 'two talk', ok: false };
  const specs = [
    { ...spec, tests: [{ results: [{ ...result, attachments }] }] },
    { ...spec, tests: [{ results: [{ ...result, attachments: [] }] }] },
  ];
  expect(
    failuresOfPlaywright({ suites: [{ specs }], errors: [] }).map(({ contextFile }) => contextFile),
  ).toEqual(['/x/error-context.md', undefined]);
});

test('shows the pages of the first three tests that have one', () => {
  /** @param {string} text */
  const context = (text) =>
    ['# Error details', '```', 'Error', '```', '# Page snapshot', '', '```yaml', text, '```'].join(
      '\n',
    );
  const failures = ['none', 'a', 'empty', 'b', 'c', 'd'].map((name) => ({
    ...{ name, reason: '' },
    ...(name === 'none' ? {} : { contextFile: `/x/${name}` }),
  }));
  const read = (/** @type {string} */ file) =>
    file === '/x/empty' ? '# Error details' : context(`- button "${file}"\n- text: more`);
  expect(pagesOf(failures, read)).toEqual([
    ...['page of a:', '  - button "/x/a"', '  - text: more'],
    ...['page of b:', '  - button "/x/b"', '  - text: more'],
    ...['page of c:', '  - button "/x/c"', '  - text: more'],
  ]);
});

test('shows the first sixty lines of a page', () => {
  const lines = Array.from({ length: 62 }, (_, i) => `- text: ${i}`);
  const shown = pagesOf([{ name: 'a', reason: '', contextFile: '/x' }], () =>
    ['```yaml', ...lines, '```'].join('\n'),
  );
  expect(shown).toHaveLength(62);
  expect(shown.slice(-2)).toEqual(['  - text: 59', '  2 more lines']);
});
