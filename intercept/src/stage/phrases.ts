/** A dozen phrases, each said by several synthetic voices (see speech/make-phrases.ts). */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { decodeOpus } from '../measure/opus-decode.ts';
import type { Pcm } from '../measure/pcm.ts';

export interface SpokenPhrase {
  readonly voice: string;
  readonly phrase: string;
  /** 48 kHz. */
  readonly pcm: Pcm;
}

/** Beside `phrases.opus-frames`: all frames, voice by voice and in them phrase by phrase, 20 ms each. */
const indexSchema = z.strictObject({
  voices: z.array(z.string()).min(2),
  phrases: z.array(z.string()).min(2),
  /** All frames have one size. */
  frameBytes: z.int().positive(),
  /** By voice and phrase. */
  frameCounts: z.array(z.array(z.int().positive())),
});

/** RFC 7587 section 4.1: 20 ms of the 48 kHz clock. */
const ticksPerFrame = 960;

export async function spokenPhrases(): Promise<readonly SpokenPhrase[]> {
  const index = indexSchema.parse(JSON.parse(readFileSync(fileOf('phrases.json'), 'utf8')));
  const bytes = readFileSync(fileOf('phrases.opus-frames'));
  const spoken: SpokenPhrase[] = [];
  let at = 0;
  for (const [v, voice] of index.voices.entries()) {
    for (const [p, phrase] of index.phrases.entries()) {
      const count = index.frameCounts[v]?.[p] ?? 0;
      const frames = Array.from({ length: count }, (_, i) => {
        const start = at + i * index.frameBytes;
        return {
          timestamp: i * ticksPerFrame,
          payload: new Uint8Array(bytes.subarray(start, start + index.frameBytes)),
        };
      });
      at += count * index.frameBytes;
      spoken.push({ voice, phrase, pcm: (await decodeOpus(frames)).pcm });
    }
  }
  return spoken;
}

function fileOf(name: string): URL {
  return new URL(`speech/${name}`, import.meta.url);
}
