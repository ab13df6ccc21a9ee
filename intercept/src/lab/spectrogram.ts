/** A recording as a picture: time to the right, frequency upwards, brighter is louder. */
import { encode } from 'fast-png';
import { fft } from '../measure/fft.ts';
import { resample, type Pcm } from '../measure/pcm.ts';

const rateHz = 16_000;
/** 32 ms: formants show, words are apart. */
const windowSamples = 512;
const hann = Float64Array.from(
  { length: windowSamples },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowSamples),
);
/** Up to 5.5 kHz, where voices are told apart; 31.25 Hz a row. */
const heightRows = 176;
const columnsPerS = 80;
/** Relative to the loudest point: what lies lower is dark. */
const rangeDb = 62;
/** Below this level (full scale is 1) a picture stays dark instead of showing a codec's own noise. */
const quietestPeak = 1e-3;

/** Dark to bright, of equal steps to the eye (after the map "inferno" of Matplotlib, CC0). */
const colours = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
] as const;

/** @returns a PNG, `seconds` wide; what the recording does not fill is dark. */
export function spectrogramPng(pcm: Pcm, seconds: number): Uint8Array {
  const width = Math.round(seconds * columnsPerS);
  const levels = powers(resample(pcm, rateHz).samples, width);
  const peak = Math.max(
    quietestPeak ** 2,
    levels.reduce((most, level) => Math.max(most, level), 0),
  );
  const data = new Uint8Array(width * heightRows * 3);
  levels.forEach((level, place) => {
    const db = 10 * Math.log10(level / peak + 1e-12);
    data.set(colourOf(1 + db / rangeDb), place * 3);
  });
  return encode({ width, height: heightRows, data, channels: 3, depth: 8 }, { zlib: { level: 2 } });
}

/** Power per pixel, rows from the top; amplitude 1 is power 1. */
function powers(samples: Float32Array, width: number): Float64Array {
  const levels = new Float64Array(width * heightRows);
  const real = new Float64Array(windowSamples);
  const imaginary = new Float64Array(windowSamples);
  for (let column = 0; column < width; column++) {
    const start = Math.round((column * rateHz) / columnsPerS);
    if (start >= samples.length) break;
    for (let i = 0; i < windowSamples; i++) {
      real[i] = (samples[start + i] ?? 0) * (hann[i] ?? 0);
    }
    imaginary.fill(0);
    fft(real, imaginary);
    for (let bin = 0; bin < heightRows; bin++) {
      const power = (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
      // A full-scale sine has half the window's samples in its bin, halved again by the window.
      levels[(heightRows - 1 - bin) * width + column] = power / (windowSamples / 4) ** 2;
    }
  }
  return levels;
}

/** @param brightness  0 to 1, clipped */
function colourOf(brightness: number): [number, number, number] {
  const place = Math.max(0, Math.min(1, brightness)) * (colours.length - 1);
  const low = colours[Math.floor(place)] ?? colours[0];
  const high = colours[Math.ceil(place)] ?? low;
  const share = place - Math.floor(place);
  const mixed = (i: 0 | 1 | 2): number => Math.round(low[i] + (high[i] - low[i]) * share);
  return [mixed(0), mixed(1), mixed(2)];
}
