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

it('withRange gives median, least and most', () => {
  expect(withRange({ median: 2, min: 1.25, max: 10, runs: 3 }, 1)).toBe('2.0 (1.3 to 10.0)');
  expect(withRange({ median: 2, min: 2, max: 2, runs: 1 }, 1)).toBe('2.0');
});
