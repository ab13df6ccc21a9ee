/** Mono audio as numbers: one channel, samples from -1 to 1. */
import { fft, inverseFft, powerOfTwoFrom } from './fft.ts';

export interface Pcm {
  readonly sampleRateHz: number;
  readonly samples: Float32Array;
}

export interface Band {
  readonly lowHz: number;
  readonly highHz: number;
}

/** Length in seconds. */
export function durationS(pcm: Pcm): number {
  return pcm.samples.length / pcm.sampleRateHz;
}

/** Root mean square, 0 to 1: how loud it is. */
export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Zero crossings of the sinc kernel on each side: its transition band is about 1/8 of the lower rate. */
const kernelCrossings = 16;
/** Table entries per zero crossing; the nearest is taken, an error below -60 dB. */
const kernelDetail = 512;
/** One side of a Hann-windowed sinc. */
const kernel = Float64Array.from({ length: kernelCrossings * kernelDetail + 1 }, (_, i) => {
  const x = i / kernelDetail;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / kernelCrossings));
});

/** Resamples with a windowed sinc; no delay. Content above half the lower of both rates is removed. */
export function resample(pcm: Pcm, sampleRateHz: number): Pcm {
  if (pcm.sampleRateHz === sampleRateHz) return pcm;
  const step = pcm.sampleRateHz / sampleRateHz;
  const samples = Number.isInteger(step)
    ? decimated(pcm.samples, step)
    : interpolated(pcm.samples, step);
  return { sampleRateHz, samples };
}

/** Every sample of the result lies on one of the source: the same weights serve for all. */
function decimated(source: Float32Array, step: number): Float32Array {
  const reach = kernelCrossings * step;
  const weights = Float64Array.from(
    { length: 2 * reach + 1 },
    (_, i) => (kernel[Math.round((Math.abs(i - reach) * kernelDetail) / step)] ?? 0) / step,
  );
  const padded = new Float32Array(source.length + 2 * reach);
  padded.set(source, reach);
  const samples = new Float32Array(Math.floor(source.length / step));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) {
      sum += (padded[i * step + j] ?? 0) * (weights[j] ?? 0);
    }
    samples[i] = sum;
  }
  return samples;
}

function interpolated(source: Float32Array, step: number): Float32Array {
  const cutoff = Math.min(1, 1 / step);
  const reach = kernelCrossings / cutoff;
  const samples = new Float32Array(Math.floor(source.length / step));
  for (let i = 0; i < samples.length; i++) {
    const position = i * step;
    const last = Math.min(source.length - 1, Math.floor(position + reach));
    let sum = 0;
    for (let j = Math.max(0, Math.ceil(position - reach)); j <= last; j++) {
      const distance = Math.abs(j - position) * cutoff * kernelDetail;
      sum += (source[j] ?? 0) * (kernel[Math.round(distance)] ?? 0);
    }
    samples[i] = sum * cutoff;
  }
  return samples;
}

/** Keeps what lies within `band`, by Fourier transform of the whole recording; no delay. */
export function bandPass(pcm: Pcm, band: Band): Pcm {
  const size = powerOfTwoFrom(pcm.samples.length);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(pcm.samples);
  fft(real, imaginary);
  const hzPerBin = pcm.sampleRateHz / size;
  for (let k = 0; k < size; k++) {
    const frequencyHz = Math.min(k, size - k) * hzPerBin;
    if (frequencyHz >= band.lowHz && frequencyHz <= band.highHz) continue;
    real[k] = 0;
    imaginary[k] = 0;
  }
  inverseFft(real, imaginary);
  return {
    sampleRateHz: pcm.sampleRateHz,
    samples: Float32Array.from(real.subarray(0, pcm.samples.length)),
  };
}
