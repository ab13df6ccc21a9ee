/** In-place radix-2 fast Fourier transform (Cooley and Tukey 1965). */

interface Twiddles {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** e^(-2 pi i k / N) for k < N/2, by N. The lab uses a handful of sizes. */
const twiddlesBySize = new Map<number, Twiddles>();

/**
 * Transforms `real` + i `imaginary` in place: X[k] = sum of x[n] e^(-2 pi i k n / N), unscaled.
 * @throws RangeError unless both have the same length, a power of two.
 */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  if (size < 2 || (size & (size - 1)) !== 0 || imaginary.length !== size) {
    throw new RangeError(`not a power of two, or lengths differ: ${size}, ${imaginary.length}`);
  }
  const { cosines, sines } = twiddlesFor(size);
  reverseBits(real, imaginary);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const even = block + k;
        const odd = even + half;
        const cosine = at(cosines, k * stride);
        const sine = at(sines, k * stride);
        const oddReal = at(real, odd) * cosine - at(imaginary, odd) * sine;
        const oddImaginary = at(real, odd) * sine + at(imaginary, odd) * cosine;
        real[odd] = at(real, even) - oddReal;
        imaginary[odd] = at(imaginary, even) - oddImaginary;
        real[even] = at(real, even) + oddReal;
        imaginary[even] = at(imaginary, even) + oddImaginary;
      }
    }
  }
}

/** The inverse of `fft`, scaled by 1/N, in place. */
export function inverseFft(real: Float64Array, imaginary: Float64Array): void {
  // Swapping the parts before and after conjugates, which turns the forward transform into the inverse.
  fft(imaginary, real);
  const scale = 1 / real.length;
  for (let i = 0; i < real.length; i++) {
    real[i] = at(real, i) * scale;
    imaginary[i] = at(imaginary, i) * scale;
  }
}

/** The smallest power of two that is at least `length`, and at least 2. */
export function powerOfTwoFrom(length: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(length)));
}

function twiddlesFor(size: number): Twiddles {
  const known = twiddlesBySize.get(size);
  if (known !== undefined) return known;
  const cosines = new Float64Array(size / 2);
  const sines = new Float64Array(size / 2);
  for (let k = 0; k < size / 2; k++) {
    cosines[k] = Math.cos((2 * Math.PI * k) / size);
    sines[k] = -Math.sin((2 * Math.PI * k) / size);
  }
  const twiddles = { cosines, sines };
  twiddlesBySize.set(size, twiddles);
  return twiddles;
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, reversed = 0; i < size; i++) {
    let bit = size >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) {
      swap(real, i, reversed);
      swap(imaginary, i, reversed);
    }
  }
}

function swap(values: Float64Array, a: number, b: number): void {
  const kept = at(values, a);
  values[a] = at(values, b);
  values[b] = kept;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
