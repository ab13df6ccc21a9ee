import { durationS, type Pcm } from '@earshot/intercept/measure/pcm';
import { speechOf } from '@earshot/intercept/stage/speech';
import { describe, expect, it } from 'vitest';
import { findChirps, withChirps } from './chirp.ts';

/** `ms` later, at another loudness and upside down. */
function delayed({ sampleRateHz, samples }: Pcm, ms: number): Pcm {
  const moved = new Float32Array(samples.length + Math.round((ms / 1000) * sampleRateHz));
  moved.set(
    samples.map((sample) => -0.3 * sample),
    moved.length - samples.length,
  );
  return { sampleRateHz, samples: moved };
}

describe('chirps', () => {
  const chirped = withChirps(speechOf('alice'));
  const found = findChirps(chirped);

  it('are found where they are, one in each pause', () => {
    // Gaps of 640, 647, 654, ... ms: 15 of them are 10.335 s, 16 are 11.08 s, the speech is in between.
    expect(durationS(speechOf('alice'))).toBeCloseTo(10.58, 2);
    expect(found.length).toBe(16);
    expect(found[0]!.atS).toBeCloseTo(0.64 + 0.06, 4);
    expect(found[1]!.atS).toBeCloseTo(0.7 + 0.04 + 0.06 + 0.647 + 0.06, 4);
    expect(Math.min(...found.map(({ likeness }) => likeness))).toBeGreaterThan(0.99);
  });

  it('are not found in speech', () => {
    for (const speaker of ['alice', 'bob', 'carol'] as const) {
      expect(findChirps(speechOf(speaker))).toEqual([]);
    }
  });

  it('tell a delay, whatever became of loudness and phase', () => {
    const later = findChirps(delayed(chirped, 187.25));
    expect(later.length).toBe(found.length);
    for (const [i, { atS }] of later.entries()) {
      expect((atS - found[i]!.atS) * 1000).toBeCloseTo(187.25, 3);
    }
  });

  it('fall on different places of a frame of 20 ms', () => {
    const places = found.map(({ atS }) => Math.round((atS * 1000) % 20));
    expect(new Set(places).size).toBeGreaterThanOrEqual(10);
  });

  it('are not found in silence', () => {
    expect(findChirps({ sampleRateHz: 48_000, samples: new Float32Array(48_000) })).toEqual([]);
  });
});
