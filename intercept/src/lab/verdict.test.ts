import { describe, expect, it } from 'vitest';
import { speechOf } from '../stage/speech.ts';
import type { Proof } from './evidence.ts';
import { binomialTail, isAsClaimed, judge } from './verdict.ts';

const nothing = { sampleRateHz: 16_000, samples: new Float32Array() };

function outcomeOf(...proofs: readonly Proof[]): string {
  return judge({ tried: 'Nothing.', proofs }).outcome;
}

function audio(heard: Extract<Proof, { kind: 'audio' }>['heard']): Proof {
  return { kind: 'audio', what: 'a recording', speaker: 'alice', notSpeaker: 'bob', heard };
}

function count(found: number, of: number): Proof {
  return { kind: 'count', what: 'packets', found, of };
}

describe('judge', () => {
  it('takes the speech for heard, other speech and silence for not', () => {
    expect(outcomeOf(audio(speechOf('alice')))).toBe('falls');
    expect(outcomeOf(audio(speechOf('carol')))).toBe('resists');
    expect(outcomeOf(audio(nothing))).toBe('resists');
  });

  it('does not believe a measure that also finds a voice which is not there', () => {
    const [alice, bob] = [speechOf('alice').samples, speechOf('bob').samples];
    const both = new Float32Array(alice.length + bob.length);
    both.set(alice);
    both.set(bob, alice.length);
    expect(outcomeOf(audio({ sampleRateHz: 16_000, samples: both }))).toBe('unclear');
  });

  it('needs something to have been tried', () => {
    expect(outcomeOf()).toBe('unclear');
    expect(outcomeOf(count(0, 0))).toBe('unclear');
    expect(outcomeOf(count(0, 412))).toBe('resists');
    expect(outcomeOf(count(1, 412))).toBe('falls');
  });

  it('falls if one proof does, and resists only if all do', () => {
    expect(outcomeOf(count(0, 9), count(9, 9))).toBe('falls');
    expect(outcomeOf(count(0, 9), count(0, 0))).toBe('unclear');
  });

  it('tells guesses from chance', () => {
    const guess = (right: number): Proof => ({
      kind: 'guess',
      what: 'phrases',
      right,
      of: 48,
      chance: 1 / 12,
    });
    expect(outcomeOf(guess(30))).toBe('falls');
    expect(outcomeOf(guess(4))).toBe('resists');
    expect(outcomeOf(guess(9))).toBe('unclear');
  });
});

it('binomialTail is the probability of at least so many', () => {
  // Two coins: 1, 3/4, 1/4.
  expect(binomialTail({ right: 0, of: 2, chance: 0.5 })).toBeCloseTo(1, 12);
  expect(binomialTail({ right: 1, of: 2, chance: 0.5 })).toBeCloseTo(0.75, 12);
  expect(binomialTail({ right: 2, of: 2, chance: 0.5 })).toBeCloseTo(0.25, 12);
});

it('a claim about being noticed is kept only by what was noticed', () => {
  const verdict = judge({
    tried: 'A swap.',
    proofs: [count(2, 2)],
    notices: [{ what: 'codes', noticed: false }],
  });
  expect(isAsClaimed(verdict, { outcome: 'falls' })).toBe(true);
  expect(isAsClaimed(verdict, { outcome: 'falls', noticed: true })).toBe(false);
  expect(isAsClaimed(verdict, { outcome: 'resists' })).toBe(false);
});
