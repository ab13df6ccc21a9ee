import { expect, it } from 'vitest';
import { SpeechDetector } from './speech-detector.ts';

it('begins at once, bridges pauses between words, and ends after them', () => {
  const detector = new SpeechDetector();
  const heard = [
    [0, 0.05],
    [250, 0.3],
    [500, 0.01],
    [750, 0.08],
    [1000, 0.01],
    [1250, 0.01],
    [1500, 0.01],
    [1750, 0.08],
  ].map(([nowMs = 0, level = 0]) => detector.update(level, nowMs));
  expect(heard).toEqual([false, true, true, true, true, true, false, false]);
});
