/**
 * How much of what was said is in what was heard: 0 (nothing) to 1 (the same waveform).
 *
 * What was heard is cut into windows. Each window is looked for in what was said, at every lag, and
 * compared there with `coherence`, which counts neither loudness nor a fixed phase shift. The best window
 * is the score: two seconds of someone's speech are speech heard. A window has a lag of its own, because
 * a jitter buffer inserts and removes milliseconds as it plays, and a busy machine makes it do so often.
 * What was said repeats: the fake microphone plays a file in a loop.
 *
 * Any sound is a little like some place of any speech, and tones more so than noise. How much that makes of a window is
 * measured: the same is done with what was said played backwards, which has the same pitches and loudness, and in which
 * nothing was said. What the window finds there is taken off what it found
 * (docs/decisions/0025-chance-is-measured.md).
 *
 * It compares waveforms, not loudness over time: an attacker who has the rhythm of the speech but not the
 * speech stays at noise level. Measured with Chromium 156, echo cancellation, noise suppression and gain
 * control on, through Opus and the jitter buffer: right speech 0.98. Other speech, compared with the files: 0.14 at most.
 */
import { coherence } from './coherence.ts';
import { LoopSearch } from './loop-search.ts';
import { bandPass, resample, rms, type Band, type Pcm } from './pcm.ts';

/** The least score that counts as heard, and the most that counts as noise. */
export const heardAtLeast = 0.8;
export const noiseAtMost = 0.3;

/** Where telephone-quality speech is, and the codec keeps the waveform. */
export const speechBand: Band = { lowHz: 100, highHz: 7000 };

const commonRateHz = 16_000;
/** Longer windows lower the noise level, and break when the jitter buffer adjusts within one. */
const windowLength = 2 * commonRateHz;
/** Lags are searched at a quarter of the rate: 0.25 ms apart, of which `coherence` takes no notice. */
const searchStride = 4;
const searchBand: Band = { lowHz: 100, highHz: 1800 };
/** Quieter than this (root mean square) a window holds no sound: -60 dB of full scale. */
const silenceRms = 0.001;
/**
 * A window with less sound than this does not tell voices apart: a vowel of another's may be like one that was said, and
 * unlike all that is heard backwards. Of 0.1 to 1 s of other speech the best of 1,400 windows scores 0.23, but a vowel picked for it
 * 0.38. Its score counts where it is above all of that, or where there is no other window.
 */
const leastSoundS = 0.4;
const chanceInLittle = 0.6;
/** For how much of a window holds sound. */
const pieceLength = commonRateHz / 10;

export interface WindowScore {
  /** Where the window starts in what was heard, in seconds. */
  readonly atS: number;
  /** Where it was found in what was said, in seconds from the start of the loop. */
  readonly foundAtS: number;
  /** 0 to 1. */
  readonly score: number;
}

export interface Correlation {
  /** Of the best window that tells; 0 if none holds sound. */
  readonly score: number;
  /** Over the windows that tell: how steadily it was heard. */
  readonly median: number;
  /** All that hold sound. */
  readonly windows: readonly WindowScore[];
}

/**
 * Windows are 2 s long, one per second. Rates may differ.
 * @throws RangeError if what was said is shorter than one window.
 */
export function correlate(audio: { readonly said: Pcm; readonly heard: Pcm }): Correlation {
  const said = prepared(audio.said);
  const decoy = backwards(said);
  const { fine: heard, coarse: coarseHeard } = prepared(audio.heard);
  if (said.fine.length < windowLength) {
    throw new RangeError('what was said is shorter than a window');
  }

  const searchLength = windowLength / searchStride;
  const search = new LoopSearch({
    said: said.coarse,
    decoy: decoy.coarse,
    windowLength: searchLength,
    energyFloor: searchLength * silenceRms ** 2,
  });
  const starts: number[] = [];
  for (let start = 0; start + windowLength <= heard.length; start += windowLength / 2) {
    if (rms(heard.subarray(start, start + windowLength)) >= silenceRms) starts.push(start);
  }
  const windows = starts.map((start): WindowScore => {
    const coarseStart = start / searchStride;
    const lags = search.bestLags(coarseHeard.subarray(coarseStart, coarseStart + searchLength));
    const place = lags.said * searchStride;
    const window = heard.subarray(start, start + windowLength);
    return {
      atS: start / commonRateHz,
      foundAtS: place / commonRateHz,
      score: aboveChance(
        coherence(loopPiece(said.fine, place), window),
        coherence(loopPiece(decoy.fine, lags.decoy * searchStride), window),
      ),
    };
  });
  const telling = windows.filter(
    ({ score }, i) =>
      score > chanceInLittle ||
      soundS(heard.subarray(starts[i], (starts[i] ?? 0) + windowLength)) >= leastSoundS,
  );
  const scores = (telling.length === 0 ? windows : telling)
    .map((window) => window.score)
    .sort((a, b) => a - b);
  return {
    score: scores.at(-1) ?? 0,
    median: scores[Math.floor((scores.length - 1) / 2)] ?? 0,
    windows,
  };
}

/** What is left of a coherence of 0 to 1 if so much of it comes by chance. */
function aboveChance(found: number, byChance: number): number {
  return found <= byChance ? 0 : (found - byChance) / (1 - byChance);
}

/** How long the sound would be if it were equally loud: the square of the energy over the sum of its squares. */
function soundS(window: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (let start = 0; start < window.length; start += pieceLength) {
    const energy = rms(window.subarray(start, start + pieceLength)) ** 2;
    sum += energy;
    squares += energy ** 2;
  }
  return squares === 0 ? 0 : ((sum ** 2 / squares) * pieceLength) / commonRateHz;
}

interface Prepared {
  readonly fine: Float32Array;
  /** For the search. */
  readonly coarse: Float32Array;
}

/** A recording is compared with several voices, and a voice with many recordings. */
const known = new WeakMap<Pcm, Prepared>();

function prepared(pcm: Pcm): Prepared {
  let both = known.get(pcm);
  if (both === undefined) {
    const fine = bandPass(resample(pcm, commonRateHz), speechBand);
    const coarse = bandPass(resample(fine, commonRateHz / searchStride), searchBand);
    both = { fine: fine.samples, coarse: coarse.samples };
    known.set(pcm, both);
  }
  return both;
}

/** Sounds as much like anything else as what was said does, and nobody said it. */
function backwards({ fine, coarse }: Prepared): Prepared {
  // Where both start differs by less than a step of the search.
  return { fine: fine.toReversed(), coarse: coarse.toReversed() };
}

/** The window-long piece of the loop that starts at `lag`. */
function loopPiece(said: Float32Array, lag: number): Float32Array {
  const piece = new Float32Array(windowLength);
  for (let i = 0; i < windowLength; i++) piece[i] = said[(lag + i) % said.length] ?? 0;
  return piece;
}
