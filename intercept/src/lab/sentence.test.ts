import { expect, it } from 'vitest';
import { sentenceFor } from './sentence.ts';
import type { AudioResult, MeasureResult } from './verdict-schema.ts';

function audio(speaker: AudioResult['speaker'], score: number): AudioResult {
  return {
    kind: 'audio',
    what: `what the tap gives of ${speaker}`,
    outcome: score >= 0.8 ? 'falls' : score <= 0.3 ? 'resists' : 'unclear',
    speaker,
    score,
    median: score,
    floor: 0.1,
    seconds: 6,
    wav: null,
    heardImage: null,
    saidImage: 'said.png',
    words: null,
  };
}

function count(found: number, of: number): MeasureResult {
  const outcome = of === 0 ? 'unclear' : found > 0 ? 'falls' : 'resists';
  return { kind: 'count', what: 'packets opened', outcome, found, of };
}

const said = (...measures: MeasureResult[]): string =>
  sentenceFor('It listened.', { measures, notices: [] });

it('names who was heard, once each', () => {
  expect(said(audio('alice', 0.9), audio('alice', 0.97), audio('bob', 0.1), count(0, 9))).toBe(
    'It listened. Heard: alice (correlation 0.97).',
  );
});

it('says that nothing came out, and what decided otherwise', () => {
  expect(said(audio('alice', 0.12), count(0, 9))).toBe(
    'It listened. No speech came out: the highest correlation with what was said is 0.12, which is noise.',
  );
  expect(said(audio('alice', 0.12), count(3, 9))).toContain('Packets opened: 3 of 9.');
  expect(said(audio('alice', 0.5))).toContain('neither clearly speech nor clearly noise');
  expect(said(count(0, 0))).toBe('It listened. Packets opened: none were there to try.');
});

it('says what people were shown', () => {
  const notices = [
    { what: 'the codes differ', noticed: true },
    { what: 'the tile', noticed: false },
  ];
  expect(sentenceFor('It swapped.', { measures: [count(0, 2)], notices })).toBe(
    'It swapped. Packets opened: 0 of 2. It could be noticed: the codes differ. Nothing showed it: the tile.',
  );
});
