/** Voices that are told apart without the speech of the lab: a tone each. */
import type { Pcm } from '../src/speech/pcm.ts';

/** One second of it, at 16 kHz. */
export function tone(frequencyHz: number): Pcm {
  const sampleRateHz = 16_000;
  const samples = Float32Array.from(
    { length: sampleRateHz },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * i) / sampleRateHz),
  );
  return { sampleRateHz, samples };
}

/** Share of a recording's energy that lies in a tone, 0 to 1 (Goertzel). */
export function shareOf(frequencyHz: number, { sampleRateHz, samples }: Pcm): number {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  let [real, imaginary, energy] = [0, 0, 0];
  for (const [i, sample] of samples.entries()) {
    real += sample * Math.cos(step * i);
    imaginary += sample * Math.sin(step * i);
    energy += sample ** 2;
  }
  return energy === 0 ? 0 : (2 * (real ** 2 + imaginary ** 2)) / (samples.length * energy);
}
