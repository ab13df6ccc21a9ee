import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opinionScore, opusImpairment, transmissionRating } from './e-model.ts';

const perfect = { impairment: 0, lossRobustness: 10 };

describe('transmissionRating', () => {
  it('is the basic rating where nothing is impaired', () => {
    expect(transmissionRating({ codec: perfect, concealedShare: 0, mouthToEarMs: 100 })).toBe(148);
  });

  it('takes off what codec and losses cost', () => {
    // By hand: 20 + 112 * 10 / (10 + 10) = 76; 148 - 76.
    const codec = { impairment: 20, lossRobustness: 10 };
    expect(transmissionRating({ codec, concealedShare: 0.1, mouthToEarMs: 0 })).toBeCloseTo(72, 9);
  });

  it('takes off what delay costs', () => {
    // By hand, 200 ms: x = 1; 37 * (2^(1/6) - 3 * (1 + 3^-6)^(1/6) + 2) = 37 * (1.122462 - 3.000686 + 2).
    const rating = transmissionRating({ codec: perfect, concealedShare: 0, mouthToEarMs: 200 });
    expect(148 - rating).toBeCloseTo(4.5057, 3);
  });

  it('never rises with losses or delay', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const delayMs = fc.double({ min: 0, max: 2000, noNaN: true });
    fc.assert(
      fc.property(share, share, delayMs, delayMs, (a, b, c, d) => {
        const codec = opusImpairment.constantBitrate;
        const rating = (concealedShare: number, mouthToEarMs: number): number =>
          transmissionRating({ codec, concealedShare, mouthToEarMs });
        const better = rating(Math.min(a, b), Math.min(c, d));
        expect(rating(Math.max(a, b), Math.max(c, d))).toBeLessThanOrEqual(better + 1e-9);
      }),
    );
  });
});

describe('opinionScore', () => {
  it('spans the scale', () => {
    expect(opinionScore(0)).toBe(1);
    expect(opinionScore(148)).toBeCloseTo(4.5, 9);
    expect(opinionScore(-10)).toBe(1);
  });

  it('is that of G.107 annex B for two thirds of the rating', () => {
    // R = 80 there, 118.4 here: 1 + 2.8 + 80 * 20 * 20 * 7e-6 = 4.024.
    expect(opinionScore(118.4)).toBeCloseTo(4.024, 9);
  });
});
