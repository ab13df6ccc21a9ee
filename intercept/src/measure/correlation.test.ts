import { describe, expect, it } from 'vitest';
import { correlate, heardAtLeast, noiseAtMost } from './correlation.ts';
import { bandPass, resample, rms, type Pcm } from './pcm.ts';

const sampleRateHz = 16_000;

describe('correlate', () => {
  it('finds what was said at any lag of the loop, however loud', () => {
    const said = babble(1, 5);
    for (const lag of [0, 1234, 70_001]) {
      const heard = excerpt(said, { from: lag, length: 64_000, gain: 0.25 });
      const { score, windows } = correlate({ said, heard });
      expect(score).toBeGreaterThan(0.99);
      expect(windows[0]?.foundAtS).toBeCloseTo(lag / sampleRateHz, 3);
    }
  });

  it('finds it at another sampling rate, with noise in it, upside down', () => {
    const said = babble(2, 5);
    const noise = babble(3, 3).samples;
    const noisy = excerpt(said, { from: 5000, length: 48_000, gain: -1 }).samples.map(
      (sample, i) => sample + 0.3 * (noise[i] ?? 0),
    );
    const heard = resample({ sampleRateHz, samples: noisy }, 48_000);
    const { score } = correlate({ said, heard });
    // 1 / sqrt(1 + 0.3^2) = 0.958, both having the same power.
    expect(score).toBeGreaterThan(0.93);
    expect(score).toBeLessThan(0.98);
  });

  it('sees through a phase shift that differs by frequency', () => {
    const said = babble(4, 5);
    // A first-order all-pass filter, as a band-splitting microphone chain has several of.
    const filtered = new Float32Array(said.samples.length);
    let [lastIn, lastOut] = [0, 0];
    said.samples.forEach((sample, i) => {
      lastOut = -0.6 * sample + lastIn + 0.6 * lastOut;
      lastIn = sample;
      filtered[i] = lastOut;
    });
    const { score } = correlate({ said, heard: { sampleRateHz, samples: filtered } });
    expect(score).toBeGreaterThan(0.95);
  });

  it('stays at noise level for other speech and for noise', () => {
    const { score, median } = correlate({ said: babble(5, 8), heard: babble(6, 8) });
    expect(score).toBeLessThan(noiseAtMost);
    expect(median).toBeLessThanOrEqual(score);
    expect(heardAtLeast).toBeGreaterThan(2 * noiseAtMost);
  });

  it('stays at noise level where only bursts were heard, as of ciphertext in a decoder', () => {
    for (const seed of [10, 11, 12]) {
      const noise = babble(seed, 8).samples;
      // 20 ms of each second.
      const samples = noise.map((sample, i) => (i % sampleRateHz < 320 ? sample : 0));
      const { score } = correlate({ said: babble(5, 8), heard: { sampleRateHz, samples } });
      expect(score).toBeLessThan(noiseAtMost);
    }
  });

  it('takes nothing for heard that sounds the same backwards', () => {
    const hum = (i: number): number => 0.2 * Math.sin((2 * Math.PI * 440 * i) / sampleRateHz);
    const said = babble(9, 5);
    said.samples.forEach((sample, i) => (said.samples[i] = sample + hum(i)));
    const samples = Float32Array.from({ length: 64_000 }, (_, i) => hum(i));
    const { score } = correlate({ said, heard: { sampleRateHz, samples } });
    expect(score).toBeLessThan(noiseAtMost / 3);
  });

  it('gives 0 for silence', () => {
    const silence = { sampleRateHz, samples: new Float32Array(64_000) };
    expect(correlate({ said: babble(7, 5), heard: silence })).toEqual({
      score: 0,
      median: 0,
      windows: [],
    });
  });

  it('refuses a reference shorter than a window', () => {
    expect(() => correlate({ said: babble(8, 1), heard: babble(8, 3) })).toThrow(RangeError);
  });
});

describe('resample and bandPass', () => {
  it('keep a tone within the band and remove one outside', () => {
    const tone = (frequencyHz: number): Pcm => ({
      sampleRateHz: 48_000,
      samples: Float32Array.from({ length: 48_000 }, (_, i) =>
        Math.sin((2 * Math.PI * frequencyHz * i) / 48_000),
      ),
    });
    const band = { lowHz: 100, highHz: 7000 };
    const level = (frequencyHz: number): number =>
      rms(bandPass(resample(tone(frequencyHz), 16_000), band).samples);
    expect(level(1000)).toBeCloseTo(Math.SQRT1_2, 1);
    expect(level(50)).toBeLessThan(0.05);
    expect(level(12_000)).toBeLessThan(0.01);
    expect(resample(tone(1000), 16_000).samples).toHaveLength(16_000);
  });
});

/** Noise with the pauses and the falling spectrum of speech, from a small generator with a seed (mulberry32). */
function babble(seed: number, seconds: number): Pcm {
  let state = seed * 0x9e3779b9;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  let low = 0;
  const samples = Float32Array.from({ length: seconds * sampleRateHz }, (_, i) => {
    low = 0.7 * low + 0.3 * (next() - 0.5);
    return low * (0.6 + 0.4 * Math.sin((2 * Math.PI * i) / (0.3 * sampleRateHz)));
  });
  return { sampleRateHz, samples };
}

function excerpt(pcm: Pcm, part: { from: number; length: number; gain: number }): Pcm {
  return {
    sampleRateHz,
    samples: Float32Array.from(
      { length: part.length },
      (_, i) => part.gain * (pcm.samples[(part.from + i) % pcm.samples.length] ?? 0),
    ),
  };
}
