import { describe, expect, it } from 'vitest';
import { requireLoss } from './bad-network.ts';

describe('requireLoss', () => {
  it.each([
    // 8 of 400 were to be lost, give or take 2.8 by chance.
    { lossShare: 0.02, lost: 8, received: 392 },
    { lossShare: 0.02, lost: 20, received: 380 },
    { lossShare: 0.1, lost: 80, received: 720 },
    { lossShare: 0, lost: 4, received: 396 },
  ])('takes $lost lost of $received for $lossShare', (count) => {
    expect(() => {
      requireLoss(count);
    }).not.toThrow();
  });

  it('refuses a machine that loses by itself', () => {
    expect(() => {
      requireLoss({ lossShare: 0.05, lost: 120, received: 680 });
    }).toThrow('15.0 % lost where 5.0 % were to be');
    expect(() => {
      requireLoss({ lossShare: 0, lost: 5, received: 395 });
    }).toThrow();
  });

  it('refuses a network that loses too little', () => {
    expect(() => {
      requireLoss({ lossShare: 0.1, lost: 0, received: 800 });
    }).toThrow();
  });

  it('draws the line at four standard deviations and one percent', () => {
    // 4 * sqrt(0.1 * 0.9 / 800) = 4.24 %; with the one, 15.24 % of 800 are 121.9.
    const count = (lost: number) => ({ lossShare: 0.1, lost, received: 800 - lost });
    expect(() => {
      requireLoss(count(121));
    }).not.toThrow();
    expect(() => {
      requireLoss(count(122));
    }).toThrow();
  });

  it('refuses silence', () => {
    expect(() => {
      requireLoss({ lossShare: 0, lost: 0, received: 0 });
    }).toThrow('no packets');
  });
});
