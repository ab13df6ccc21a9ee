import { describe, expect, it } from 'vitest';
import { barLine, toMarkdown, withRange } from './report.ts';

describe('toMarkdown', () => {
  const report = {
    title: 'Time',
    header: ['call', 'ms'],
    rows: [
      ['dtls direct', '5'],
      ['e2ee', '1234'],
    ],
  };

  it('aligns names left and numbers right', () => {
    expect(toMarkdown(report)).toBe(
      [
        '## Time',
        '',
        '| call        |   ms |',
        '| ----------- | ---: |',
        '| dtls direct |    5 |',
        '| e2ee        | 1234 |',
        '',
      ].join('\n'),
    );
  });
});

it('barLine says whether a bar is kept, the limit itself included', () => {
  expect(barLine({ text: 'ratio', value: 1.15, atMost: 1.15 })).toBe(
    '- kept: ratio: 1.15, at most 1.15',
  );
  expect(barLine({ text: 'bytes', value: 15, atMost: 14 })).toBe(
    '- NOT KEPT: bytes: 15, at most 14',
  );
});

it.each([
  [1, { low: -0.5, high: 1.9999 }, 'kept: delay: 1 (90 %: -0.5 to 2), at most 2'],
  [1, { low: -0.5, high: 2 }, 'kept: delay: 1 (90 %: -0.5 to 2), at most 2'],
  [
    1,
    { low: -0.5, high: 2.5 },
    'kept: delay: 1 (90 %: -0.5 to 2.5), at most 2; more runs may say otherwise',
  ],
  [
    2.25,
    { low: 2, high: 3 },
    'NOT KEPT: delay: 2.25 (90 %: 2 to 3), at most 2; more runs may say otherwise',
  ],
  [2.5, { low: 2.25, high: 3 }, 'NOT KEPT: delay: 2.5 (90 %: 2.25 to 3), at most 2'],
  [1, null, 'kept: delay: 1, at most 2; too few runs to be certain'],
])('barLine of %d within %j says whether chance could have decided', (value, interval, line) => {
  expect(barLine({ text: 'delay', value, atMost: 2, interval })).toBe(`- ${line}`);
});

it('withRange gives median, least and most', () => {
  expect(withRange({ median: 2, min: 1.25, max: 10, runs: 3 }, 1)).toBe('2.0 (1.3 to 10.0)');
  expect(withRange({ median: 2, min: 2, max: 2, runs: 1 }, 1)).toBe('2.0');
});
