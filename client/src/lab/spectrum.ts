/** How loud each frequency is in a short piece: one column of a spectrogram. */

const windows = new Map<number, Float32Array>();
const tables = new Map<number, { readonly cos: Float32Array; readonly sin: Float32Array }>();

/**
 * The lower `bins` of the discrete Fourier transform, Hann-windowed. Bin k is k / samples.length of the
 * sample rate. Small enough pieces that the plain sum is fast enough.
 * @returns power in decibels; 0 is a sine of amplitude 1
 */
export function spectrumDb(samples: Float32Array, bins: number): Float32Array {
  const { length } = samples;
  const hann = hannOf(length);
  const { cos, sin } = tableOf(length);
  const levels = new Float32Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < length; i++) {
      const value = (samples[i] ?? 0) * (hann[i] ?? 0);
      const phase = (bin * i) % length;
      real += value * (cos[phase] ?? 0);
      imaginary -= value * (sin[phase] ?? 0);
    }
    // A sine of amplitude 1 has half of the window's sum, which is half its length, in its bin.
    const amplitude = (4 * Math.hypot(real, imaginary)) / length;
    levels[bin] = 20 * Math.log10(Math.max(amplitude, 1e-6));
  }
  return levels;
}

function hannOf(length: number): Float32Array {
  let window = windows.get(length);
  if (window === undefined) {
    window = Float32Array.from(
      { length },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length),
    );
    windows.set(length, window);
  }
  return window;
}

function tableOf(length: number): { readonly cos: Float32Array; readonly sin: Float32Array } {
  let table = tables.get(length);
  if (table === undefined) {
    const angles = Array.from({ length }, (_, i) => (2 * Math.PI * i) / length);
    table = { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) };
    tables.set(length, table);
  }
  return table;
}
