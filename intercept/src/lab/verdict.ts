/** From evidence to a verdict. Thresholds are here; nobody types an outcome. */
import { correlate, heardAtLeast, noiseAtMost, type Correlation } from '../measure/correlation.ts';
import { durationS } from '../measure/pcm.ts';
import { speechOf } from '../stage/speech.ts';
import type { Claim } from './attack.ts';
import type { AudioProof, CountProof, Evidence, GuessProof, Proof } from './evidence.ts';

/** `unclear`: between the thresholds, or nothing was tried. It is never as claimed. */
export type Outcome = 'falls' | 'resists' | 'unclear';

export interface AudioMeasure {
  readonly kind: 'audio';
  readonly proof: AudioProof;
  readonly outcome: Outcome;
  readonly correlation: Correlation;
  /** Score against speech that is not in the recording. */
  readonly floor: number;
  readonly seconds: number;
}

export interface CountMeasure {
  readonly kind: 'count';
  readonly proof: CountProof;
  readonly outcome: Outcome;
}

export interface GuessMeasure {
  readonly kind: 'guess';
  readonly proof: GuessProof;
  readonly outcome: Outcome;
  /** Probability of being right at least so often by chance alone. */
  readonly pValue: number;
}

export type Measure = AudioMeasure | CountMeasure | GuessMeasure;

export interface Verdict {
  readonly outcome: Outcome;
  /** Undefined where nobody could have noticed. */
  readonly noticed: boolean | undefined;
  readonly measures: readonly Measure[];
}

/** One in a thousand runs at chance looks like an attack that works; one in twenty is not yet chance. */
const significant = 0.001;
const insignificant = 0.05;

export function judge(evidence: Evidence): Verdict {
  const measures = evidence.proofs.map(measure);
  const noticed = evidence.notices?.some((notice) => notice.noticed);
  return { outcome: outcomeOf(measures.map(({ outcome }) => outcome)), noticed, measures };
}

/** A claim without `noticed` says nothing about it. */
export function isAsClaimed(
  { outcome, noticed }: Pick<Verdict, 'outcome' | 'noticed'>,
  claim: Claim,
): boolean {
  return outcome === claim.outcome && (claim.noticed === undefined || noticed === claim.noticed);
}

function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('falls')) return 'falls';
  return outcomes.length === 0 || outcomes.includes('unclear') ? 'unclear' : 'resists';
}

function measure(proof: Proof): Measure {
  switch (proof.kind) {
    case 'audio':
      return measureAudio(proof);
    case 'count':
      return { kind: 'count', proof, outcome: countOutcome(proof) };
    case 'guess':
      return measureGuess(proof);
  }
}

function measureAudio(proof: AudioProof): AudioMeasure {
  const { speaker, notSpeaker, heard } = proof;
  const correlation = correlate({ said: speechOf(speaker), heard });
  const floor = correlate({ said: speechOf(notSpeaker), heard }).score;
  const { score } = correlation;
  let outcome: Outcome = 'unclear';
  // A measure that finds a voice which is not there has found nothing.
  if (score >= heardAtLeast && floor <= noiseAtMost) outcome = 'falls';
  if (score <= noiseAtMost) outcome = 'resists';
  return { kind: 'audio', proof, outcome, correlation, floor, seconds: durationS(heard) };
}

function countOutcome({ found, of }: CountProof): Outcome {
  if (of <= 0) return 'unclear';
  return found > 0 ? 'falls' : 'resists';
}

function measureGuess(proof: GuessProof): GuessMeasure {
  const { right, of, chance } = proof;
  const pValue = binomialTail({ right, of, chance });
  let outcome: Outcome = 'unclear';
  if (of > 0 && pValue <= significant) outcome = 'falls';
  if (of > 0 && pValue >= insignificant) outcome = 'resists';
  return { kind: 'guess', proof, outcome, pValue };
}

/** P(X >= right) for X ~ Binomial(of, chance). @throws RangeError unless 0 < chance < 1. */
export function binomialTail({ right, of, chance }: Omit<GuessProof, 'kind' | 'what'>): number {
  if (!(chance > 0 && chance < 1)) throw new RangeError(`not a chance: ${chance}`);
  let logCombinations = 0;
  let tail = 0;
  for (let k = 0; k <= of; k++) {
    if (k > 0) logCombinations += Math.log(of - k + 1) - Math.log(k);
    if (k >= right) {
      tail += Math.exp(logCombinations + k * Math.log(chance) + (of - k) * Math.log1p(-chance));
    }
  }
  return Math.min(1, tail);
}
