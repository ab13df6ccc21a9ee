/** The measure of hearing, on the speech that calls are made with. */
import { createCipheriv, createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { correlate, heardAtLeast, noiseAtMost } from '../src/measure/correlation.ts';
import { decodeOpus } from '../src/measure/opus-decode.ts';
import type { Pcm } from '../src/measure/pcm.ts';
import { speechOf, type Speaker } from '../src/stage/speech.ts';

/** Six seconds of silence but for pieces of what somebody says. */
function piecesOf(
  speaker: Speaker,
  pieces: readonly { readonly fromS: number; readonly lengthS: number; readonly atS: number }[],
): Pcm {
  const { sampleRateHz, samples } = speechOf(speaker);
  const heard = new Float32Array(6 * sampleRateHz);
  for (const { fromS, lengthS, atS } of pieces) {
    const [from, length] = [fromS, lengthS].map((seconds) => Math.round(seconds * sampleRateHz));
    heard.set(samples.subarray(from, (from ?? 0) + (length ?? 0)), Math.round(atS * sampleRateHz));
  }
  return { sampleRateHz, samples: heard };
}

const speech = { fromS: 0, lengthS: 3, atS: 0 };
/** Bob’s vowel, which goes into what dave says at one place. */
const vowel = { fromS: 6.8, lengthS: 0.1, atS: 4.9 };

test('a vowel that another voice has too is not that voice', () => {
  const said = speechOf('dave');
  const { score, windows } = correlate({ said, heard: piecesOf('bob', [speech, vowel]) });
  expect(Math.max(...windows.map((window) => window.score))).toBeGreaterThan(noiseAtMost);
  expect(score).toBeLessThan(noiseAtMost);
});

test('where there is nothing else, it leaves open whose it is', () => {
  const { score } = correlate({ said: speechOf('dave'), heard: piecesOf('bob', [vowel]) });
  expect(score).toBeGreaterThan(noiseAtMost);
  expect(score).toBeLessThan(heardAtLeast);
});

test('a word counts that was said in a pause, beside another voice', () => {
  const word = { fromS: 6.8, lengthS: 0.25, atS: 4.9 };
  const heard = piecesOf('bob', [word]);
  heard.samples.set(speechOf('carol').samples.subarray(0, 3 * heard.sampleRateHz));
  const { score } = correlate({ said: piecesOf('bob', [word]), heard });
  expect(score).toBeGreaterThan(heardAtLeast);
});

/** As random as ciphertext, and the same each time: six seconds of packets. */
async function ciphertextAsOpus(seed: number): Promise<Pcm> {
  const packets = Array.from({ length: 300 }, (_, i) => ({
    timestamp: 960 * i,
    payload: createHash('shake256', { outputLength: 120 }).update(`${seed} ${i}`).digest(),
  }));
  return (await decodeOpus(packets)).pcm;
}

test('ciphertext in a decoder is mostly like nothing at all: what it is like by chance stays far from a voice', async () => {
  const scores: number[] = [];
  for (let seed = 0; seed < 15; seed++) {
    const heard = await ciphertextAsOpus(seed);
    expect(heard.samples.some((sample) => Math.abs(sample) > 0.5)).toBe(true);
    scores.push(correlate({ said: speechOf('alice'), heard }).score);
  }
  scores.sort((a, b) => a - b);
  expect(scores[7]).toBeLessThan(noiseAtMost / 4);
  expect(scores.at(-1)).toBeLessThan(noiseAtMost / 1.5);
});

/** Six seconds in which a few packets of ciphertext came, each time the same. */
async function ciphertextInSilence(key: string): Promise<Pcm> {
  const cipher = createCipheriv('aes-128-ctr', key.padEnd(16, '\0'), Buffer.alloc(16));
  const random = (bytes: number): Buffer => cipher.update(Buffer.alloc(bytes));
  const places = Array.from(
    { length: 32 },
    () => 1 + Math.floor((random(4).readUInt32BE() / 2 ** 32) * 298),
  );
  const packets = places
    .sort((a, b) => a - b)
    .map((place) => ({ timestamp: 960 * place, payload: random(92) }));
  const silent = new Uint8Array(0);
  return (
    await decodeOpus([
      { timestamp: 0, payload: silent },
      ...packets,
      { timestamp: 960 * 299, payload: silent },
    ])
  ).pcm;
}

test('bursts of it that are like a voice are as like the voice backwards', async () => {
  const heard = await ciphertextInSilence('sp 32 13');
  const { score } = correlate({ said: speechOf('carol'), heard });
  // Without the voice backwards: 0.3005.
  expect(score).toBeLessThan(noiseAtMost / 1.5);
});
