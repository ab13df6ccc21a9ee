/**
 * Makes the phrases of which a listener is to tell, by packet lengths alone, which one was said: each of them by each
 * of several synthetic voices. The result is committed; run this only to change it. Needs espeak-ng:
 *
 *     node intercept/src/stage/speech/make-phrases.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeSpeech } from '@earshot/peer/encoded-speech';
import { resample, type Pcm } from '../../measure/pcm.ts';
import { readWav } from '../../measure/wav.ts';

const phrases = [
  'Please transfer the money to my account today.',
  'I will meet you at the station after work.',
  'The doctor called about your test results.',
  'Nobody must know that we talked about this.',
  'Can you bring the children home from school?',
  'The shipment arrives on the twelfth of March.',
  'We should hire a lawyer before it is too late.',
  'Happy birthday, and all the best to your family.',
  'My password is written on the yellow paper.',
  'They are going to sell the company next month.',
  'I am not coming to the demonstration tomorrow.',
  'Open the window, it is far too warm in here.',
] as const;

const voices = [
  { name: 'en-us', pace: 160, pitch: 45 },
  { name: 'en-gb', pace: 150, pitch: 38 },
  { name: 'en-gb-scotland', pace: 170, pitch: 50 },
  { name: 'en-us+f3', pace: 155, pitch: 62 },
  { name: 'en-gb+m3', pace: 175, pitch: 42 },
] as const;

const rateHz = 16_000;
/** Far above what a call uses: what is measured is the call's own encoding, not this one. */
const keptBitrateBps = 24_000;
const loudest = 0.6;

const folder = mkdtempSync(path.join(tmpdir(), 'phrases-'));
try {
  const frames: Uint8Array[] = [];
  const frameCounts = voices.map((voice) =>
    phrases.map((text) => {
      const file = path.join(folder, 'said.wav');
      const { name, pace, pitch } = voice;
      const settings = ['-v', name, '-s', String(pace), '-p', String(pitch)];
      const { status } = spawnSync('espeak-ng', [...settings, '-w', file, text]);
      if (status !== 0) throw new Error(`espeak-ng did not say it as ${name}`);
      const spoken = encodeSpeech(levelled(resample(readWav(file), rateHz)), {
        rate: 'constant',
        bitrateBps: keptBitrateBps,
      });
      frames.push(...spoken.frames);
      return spoken.frames.length;
    }),
  );
  const frameBytes = frames[0]?.length ?? 0;
  if (frames.some(({ length }) => length !== frameBytes)) throw new Error('not of one size');
  const index = { voices: voices.map(({ name }) => name), phrases, frameBytes, frameCounts };
  writeFileSync(
    new URL('phrases.json', import.meta.url),
    `${JSON.stringify(index, undefined, 2)}\n`,
  );
  writeFileSync(new URL('phrases.opus-frames', import.meta.url), Buffer.concat(frames));
} finally {
  rmSync(folder, { recursive: true });
}

function levelled({ sampleRateHz, samples }: Pcm): Pcm {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { sampleRateHz, samples: samples.map((sample) => (sample * loudest) / peak) };
}
