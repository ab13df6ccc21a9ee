/**
 * Finds pieces of audio in a recording that plays in a loop, by normalised cross-correlation at every lag; and in
 * another one as long, in which they are not, the same way.
 */
import { fft, inverseFft, powerOfTwoFrom } from './fft.ts';

export interface LoopSearchOptions {
  readonly said: Float32Array;
  /** As long as `said`. */
  readonly decoy: Float32Array;
  readonly windowLength: number;
  /** A quiet piece would make any noise in it look loud, so no piece counts for less energy. */
  readonly energyFloor: number;
}

/** In samples from the start of each loop. */
export interface BestLags {
  readonly said: number;
  readonly decoy: number;
}

export class LoopSearch {
  readonly #size: number;
  /** The spectrum of what was said, plus i times the decoy's: one transform searches both. */
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  /** Energy of the window-long piece that starts at each lag, and at least the floor. */
  readonly #saidEnergies: Float64Array;
  readonly #decoyEnergies: Float64Array;

  constructor({ said, decoy, windowLength, energyFloor }: LoopSearchOptions) {
    const unrolledLength = said.length + windowLength;
    this.#size = powerOfTwoFrom(unrolledLength);
    this.#real = unrolled(said, unrolledLength, this.#size);
    this.#imaginary = unrolled(decoy, unrolledLength, this.#size);
    this.#saidEnergies = slidingEnergies(this.#real, {
      length: said.length,
      windowLength,
      energyFloor,
    });
    this.#decoyEnergies = slidingEnergies(this.#imaginary, {
      length: decoy.length,
      windowLength,
      energyFloor,
    });
    fft(this.#real, this.#imaginary);
  }

  /** Where each loop resembles the window most. */
  bestLags(window: Float32Array): BestLags {
    const real = new Float64Array(this.#size);
    const imaginary = new Float64Array(this.#size);
    real.set(window);
    fft(real, imaginary);
    // Cross-correlation theorem: conj(window) x loops, frequency by frequency.
    for (let k = 0; k < this.#size; k++) {
      const a = real[k] ?? 0;
      const b = imaginary[k] ?? 0;
      const c = this.#real[k] ?? 0;
      const d = this.#imaginary[k] ?? 0;
      real[k] = a * c + b * d;
      imaginary[k] = a * d - b * c;
    }
    inverseFft(real, imaginary);
    return {
      said: highest(real, this.#saidEnergies),
      decoy: highest(imaginary, this.#decoyEnergies),
    };
  }
}

function highest(correlation: Float64Array, energies: Float64Array): number {
  let lag = 0;
  let best = 0;
  for (let candidate = 0; candidate < energies.length; candidate++) {
    // A sound with its sign turned around is the same sound.
    const score = Math.abs(correlation[candidate] ?? 0) / Math.sqrt(energies[candidate] ?? 1);
    if (score <= best) continue;
    best = score;
    lag = candidate;
  }
  return lag;
}

function unrolled(loop: Float32Array, length: number, size: number): Float64Array {
  const samples = new Float64Array(size);
  for (let i = 0; i < length; i++) samples[i] = loop[i % loop.length] ?? 0;
  return samples;
}

function slidingEnergies(
  samples: Float64Array,
  loop: { readonly length: number; readonly windowLength: number; readonly energyFloor: number },
): Float64Array {
  const energies = new Float64Array(loop.length);
  let energy = 0;
  for (let i = 0; i < loop.windowLength; i++) energy += (samples[i] ?? 0) ** 2;
  for (let lag = 0; lag < energies.length; lag++) {
    energies[lag] = Math.max(energy, loop.energyFloor);
    energy += (samples[lag + loop.windowLength] ?? 0) ** 2 - (samples[lag] ?? 0) ** 2;
  }
  return energies;
}
