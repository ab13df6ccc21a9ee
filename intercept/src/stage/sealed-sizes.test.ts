import { keyingModes } from '@earshot/keying/mode';
import { expect, it } from 'vitest';
import { spokenPhrases } from './phrases.ts';
import { sealedSizes } from './sealed-sizes.ts';

it.each(keyingModes)('%s: sizes differ where and as far as frames do', (mode) => {
  const frames = [40, 80, 80, 120].map((length) => new Uint8Array(length));
  const [first = 0, second, third, last] = sealedSizes(mode, frames);
  expect(first).toBeGreaterThanOrEqual(40);
  expect([second, third, last]).toEqual([first + 40, first + 40, first + 80]);
});

it('has a dozen phrases in each of five voices, all of them sound', async () => {
  const spoken = await spokenPhrases();
  const byVoice = Map.groupBy(spoken, ({ voice }) => voice);
  expect([...byVoice.values()].map(({ length }) => length)).toEqual([12, 12, 12, 12, 12]);
  for (const { pcm } of spoken) {
    expect(pcm.samples.length).toBeGreaterThan(pcm.sampleRateHz);
    expect(pcm.samples.some((sample) => Math.abs(sample) > 0.1)).toBe(true);
  }
});
