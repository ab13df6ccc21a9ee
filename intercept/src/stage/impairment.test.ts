import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Impairment, isMedia, type Fate } from './impairment.ts';

/** A packet every 20 ms, as a call sends them. */
function fates(impairment: Impairment, count: number): Fate[] {
  return Array.from({ length: count }, (_, i) => impairment.next(20 * i));
}

describe('Impairment', () => {
  it('loses the share that it is told, and all or nothing at the ends', () => {
    const lost = (lossShare: number): number =>
      fates(new Impairment({ lossShare, jitterMs: 0, seed: 7 }), 20_000).filter(
        ({ kind }) => kind === 'lost',
      ).length;
    expect(lost(0)).toBe(0);
    expect(lost(1)).toBe(20_000);
    // Binomial: five standard deviations are 106.
    expect(Math.abs(lost(0.1) - 2000)).toBeLessThan(212);
  });

  it('loses the same packets for the same seed, others for another', () => {
    const lostOf = (seed: number): number[] =>
      fates(new Impairment({ lossShare: 0.1, jitterMs: 30, seed }), 500).flatMap(({ kind }, i) =>
        kind === 'lost' ? [i] : [],
      );
    expect(lostOf(3)).toEqual(lostOf(3));
    expect(lostOf(3)).not.toEqual(lostOf(4));
  });

  it('keeps the order, and holds no packet longer than it may', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 200, noNaN: true }), (seed, jitterMs) => {
        let latestMs = 0;
        for (const [i, fate] of fates(
          new Impairment({ lossShare: 0.3, jitterMs, seed }),
          200,
        ).entries()) {
          if (fate.kind === 'lost') continue;
          expect(fate.atMs).toBeGreaterThanOrEqual(latestMs);
          expect(fate.atMs - 20 * i).toBeGreaterThanOrEqual(0);
          expect(fate.atMs - 20 * i).toBeLessThanOrEqual(jitterMs + 1e-6);
          latestMs = fate.atMs;
        }
      }),
    );
  });
});

describe('isMedia', () => {
  it('tells RTP and RTCP from STUN and DTLS by the first byte', () => {
    // RFC 3550: version 2; RFC 8489: two zero bits; RFC 9147: content types 20 to 63.
    expect([0x80, 0x90, 0xbf].map((first) => isMedia(Uint8Array.of(first)))).toEqual([
      true,
      true,
      true,
    ]);
    expect([0x00, 0x01, 22, 63, 127, 192].some((first) => isMedia(Uint8Array.of(first)))).toBe(
      false,
    );
    expect(isMedia(new Uint8Array())).toBe(false);
  });
});
