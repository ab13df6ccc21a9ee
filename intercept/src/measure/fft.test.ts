import { describe, expect, it } from 'vitest';
import { fft, inverseFft, powerOfTwoFrom } from './fft.ts';

describe('fft', () => {
  it('agrees with the definition', () => {
    const real = Float64Array.of(1, 2, -3, 0.5, 4, -1, 0, 2);
    const imaginary = Float64Array.of(0, 1, 0, -2, 0.5, 0, 3, 0);
    const expected = slowTransform(real, imaginary);
    fft(real, imaginary);
    for (let k = 0; k < 8; k++) {
      expect(real[k]).toBeCloseTo(expected.real[k] ?? NaN, 10);
      expect(imaginary[k]).toBeCloseTo(expected.imaginary[k] ?? NaN, 10);
    }
  });

  it('is undone by its inverse', () => {
    const original = Float64Array.from({ length: 1024 }, (_, i) => Math.sin(i * i));
    const real = original.slice();
    const imaginary = new Float64Array(1024);
    fft(real, imaginary);
    inverseFft(real, imaginary);
    expect(Math.max(...real.map((value, i) => Math.abs(value - (original[i] ?? 0))))).toBeLessThan(
      1e-12,
    );
  });

  it('refuses other lengths', () => {
    expect(() => {
      fft(new Float64Array(6), new Float64Array(6));
    }).toThrow(RangeError);
    expect([1, 2, 3, 1024, 1025].map(powerOfTwoFrom)).toEqual([2, 2, 4, 1024, 2048]);
  });
});

function slowTransform(
  real: Float64Array,
  imaginary: Float64Array,
): { real: number[]; imaginary: number[] } {
  const size = real.length;
  const result = {
    real: new Array<number>(size).fill(0),
    imaginary: new Array<number>(size).fill(0),
  };
  for (let k = 0; k < size; k++) {
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * k * n) / size;
      const [a, b] = [real[n] ?? 0, imaginary[n] ?? 0];
      result.real[k] = (result.real[k] ?? 0) + a * Math.cos(angle) - b * Math.sin(angle);
      result.imaginary[k] = (result.imaginary[k] ?? 0) + a * Math.sin(angle) + b * Math.cos(angle);
    }
  }
  return result;
}
