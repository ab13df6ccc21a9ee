import { expect, it } from 'vitest';
import { guessPhrases, type SizedPhrase } from './phrase-guess.ts';
import { sequenceDistance } from './sequence-distance.ts';

const rising = [40, 50, 60, 70, 80, 90, 100, 110];
const falling = rising.toReversed();

it('is nothing between a sequence and the same at half the pace', () => {
  const slow = rising.flatMap((size) => [size, size]);
  expect(sequenceDistance(rising, slow)).toBe(0);
  expect(sequenceDistance(rising, falling)).toBeGreaterThan(5);
});

it('tells phrases by their shape, in a voice that it has no example of', () => {
  const said: SizedPhrase[] = ['ann', 'ben', 'cy'].flatMap((voice, i) => [
    { voice, phrase: 'up', sizes: rising.map((size) => size * (1 + i / 4) + 10 * i) },
    { voice, phrase: 'down', sizes: falling.map((size) => size + 7 * i) },
  ]);
  const guesses = guessPhrases(said);
  expect(guesses.map(({ phrase }) => phrase)).toEqual(said.map(({ phrase }) => phrase));
});

it('always says the same where all sizes are one', () => {
  const said: SizedPhrase[] = ['ann', 'ben'].flatMap((voice) =>
    ['one', 'two', 'three'].map((phrase) => ({ voice, phrase, sizes: [97, 97, 97, 97] })),
  );
  expect(new Set(guessPhrases(said).map(({ phrase }) => phrase))).toEqual(new Set(['one']));
});
