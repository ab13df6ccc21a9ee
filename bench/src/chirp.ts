/** Chirps in the pauses of speech: sounds whose moment can be told to a fraction of a millisecond. */
import { resample, rms, type Pcm } from '@earshot/intercept/measure/pcm';

/** Rises evenly. In the middle of what speech codecs keep, long enough for 40 dB of processing gain. */
const chirpMs = 40;
const sweepHz = { from: 800, to: 3400 };
const amplitude = 0.5;
/** Silence on both sides, in which echoes of speech and the encoder's look-ahead die away. */
const pauseMs = 60;
/** Speech between two chirps. Longer than any delay that is measured, so that each has one counterpart. */
const speechMs = 640;
/**
 * Each gap is longer than the one before by this much, so that the chirps of a loop fall on different
 * places within the encoder's frames of 20 ms: their mean is that of all places.
 */
const stepMs = 7;

/** Where chirps are looked for: enough for `sweepHz`, and a third of the work. */
const searchRateHz = 16_000;
/** Of a perfect chirp 1, of speech up to about 0.35. */
const leastLikeness = 0.6;
/** Two within this time are one. */
const apartMs = 300;

export interface FoundChirp {
  /** Of its first sample, in seconds from the start of the recording. */
  readonly atS: number;
  /** 0 to 1, whatever its loudness and phase. */
  readonly likeness: number;
}

/** The same speech with pauses, and a chirp in the middle of each. */
export function withChirps({ sampleRateHz, samples }: Pcm): Pcm {
  const chirp = chirpAt(sampleRateHz, Math.sin);
  const pause = Math.round((pauseMs / 1000) * sampleRateHz);
  const pieces: Float32Array[] = [];
  for (let at = 0, i = 0; at < samples.length; i++) {
    const gapMs = speechMs + ((i * stepMs) % 140);
    const end = at + Math.round((gapMs / 1000) * sampleRateHz);
    pieces.push(samples.subarray(at, end), new Float32Array(pause));
    pieces.push(
      chirp.map((value) => amplitude * value),
      new Float32Array(pause),
    );
    at = end;
  }
  const joined = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return { sampleRateHz, samples: joined };
}

/** A matched filter in quadrature: loudness and phase do not count. Earliest first. */
export function findChirps(recording: Pcm): FoundChirp[] {
  const { samples } = resample(recording, searchRateHz);
  const inPhase = chirpAt(searchRateHz, Math.sin);
  const quadrature = chirpAt(searchRateHz, Math.cos);
  const energy = runningEnergy(samples, inPhase.length);
  const scale = Math.sqrt(sumOfSquares(inPhase));
  // Silence has the likeness of rounding errors.
  const audible = 1e-3 * rms(samples) ** 2 * inPhase.length;
  const found: FoundChirp[] = [];
  for (let at = 0; at + inPhase.length <= samples.length; at++) {
    const around = energy[at] ?? 0;
    if (around <= audible) continue;
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < inPhase.length; i++) {
      const sample = samples[at + i] ?? 0;
      real += sample * (inPhase[i] ?? 0);
      imaginary += sample * (quadrature[i] ?? 0);
    }
    const likeness = Math.hypot(real, imaginary) / (scale * Math.sqrt(around));
    if (likeness >= leastLikeness) keepBest(found, { atS: at / searchRateHz, likeness });
  }
  return found;
}

function keepBest(found: FoundChirp[], candidate: FoundChirp): void {
  const last = found.at(-1);
  if (last === undefined || candidate.atS - last.atS > apartMs / 1000) found.push(candidate);
  else if (candidate.likeness > last.likeness) found[found.length - 1] = candidate;
}

/** Hann-windowed linear sweep, by the phase function given. */
function chirpAt(sampleRateHz: number, wave: (phase: number) => number): Float32Array {
  const length = Math.round((chirpMs / 1000) * sampleRateHz);
  const seconds = chirpMs / 1000;
  return Float32Array.from({ length }, (_, i) => {
    const t = i / sampleRateHz;
    const phase =
      2 * Math.PI * (sweepHz.from * t + ((sweepHz.to - sweepHz.from) * t * t) / (2 * seconds));
    return wave(phase) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
  });
}

/** Sum of squares of the `length` samples from each place on. */
function runningEnergy(samples: Float32Array, length: number): Float64Array {
  const energy = new Float64Array(Math.max(0, samples.length - length + 1));
  let sum = sumOfSquares(samples.subarray(0, length));
  for (let at = 0; at < energy.length; at++) {
    energy[at] = Math.max(0, sum);
    sum += (samples[at + length] ?? 0) ** 2 - (samples[at] ?? 0) ** 2;
  }
  return energy;
}

function sumOfSquares(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}
