/** Finds pieces of audio in a recording that plays in a loop, by normalised cross-correlation at every lag. */
import { fft, inverseFft, powerOfTwoFrom } from './fft.ts';

export class LoopSearch {
  readonly #period: number;
  readonly #size: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  /** Energy of the window-long piece that starts at each lag, and at least `energyFloor`. */
  readonly #energies: Float64Array;

  /** `energyFloor`: a quiet piece would make any noise in it look loud, so no piece counts for less. */
  constructor(said: Float32Array, windowLength: number, energyFloor: number) {
    this.#period = said.length;
    const unrolledLength = said.length + windowLength;
    this.#size = powerOfTwoFrom(unrolledLength);
    this.#real = new Float64Array(this.#size);
    this.#imaginary = new Float64Array(this.#size);
    for (let i = 0; i < unrolledLength; i++) this.#real[i] = said[i % said.length] ?? 0;
    this.#energies = slidingEnergies(
      this.#real.subarray(0, unrolledLength),
      windowLength,
      energyFloor,
    );
    fft(this.#real, this.#imaginary);
  }

  /**
   * For each window the lag, in samples from the start of the loop, at which the loop resembles it most.
   * Two windows share a transform: one is its real part, the other its imaginary part.
   */
  bestLags(windows: readonly Float32Array[]): number[] {
    const lags: number[] = [];
    for (let i = 0; i < windows.length; i += 2) {
      const { real, imaginary } = this.#correlations(windows[i], windows[i + 1]);
      lags.push(this.#highest(real));
      if (i + 1 < windows.length) lags.push(this.#highest(imaginary));
    }
    return lags;
  }

  #correlations(first: Float32Array | undefined, second: Float32Array | undefined) {
    const real = new Float64Array(this.#size);
    const imaginary = new Float64Array(this.#size);
    if (first !== undefined) real.set(first);
    if (second !== undefined) imaginary.set(second);
    fft(real, imaginary);
    // Cross-correlation theorem: conj(window) x said, frequency by frequency.
    for (let k = 0; k < this.#size; k++) {
      const a = real[k] ?? 0;
      const b = imaginary[k] ?? 0;
      const c = this.#real[k] ?? 0;
      const d = this.#imaginary[k] ?? 0;
      real[k] = a * c + b * d;
      imaginary[k] = a * d - b * c;
    }
    inverseFft(real, imaginary);
    return { real, imaginary };
  }

  #highest(correlation: Float64Array): number {
    let lag = 0;
    let highest = 0;
    for (let candidate = 0; candidate < this.#period; candidate++) {
      // A sound with its sign turned around is the same sound.
      const score =
        Math.abs(correlation[candidate] ?? 0) / Math.sqrt(this.#energies[candidate] ?? 1);
      if (score <= highest) continue;
      highest = score;
      lag = candidate;
    }
    return lag;
  }
}

function slidingEnergies(samples: Float64Array, windowLength: number, floor: number): Float64Array {
  const energies = new Float64Array(samples.length - windowLength);
  let energy = 0;
  for (let i = 0; i < windowLength; i++) energy += (samples[i] ?? 0) ** 2;
  for (let lag = 0; lag < energies.length; lag++) {
    energies[lag] = Math.max(energy, floor);
    energy += (samples[lag + windowLength] ?? 0) ** 2 - (samples[lag] ?? 0) ** 2;
  }
  return energies;
}
