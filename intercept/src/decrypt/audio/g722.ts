/**
 * G.722 (ITU-T G.722, 2012) at 64 kbit/s: two bands of 8 kHz, each ADPCM with its own predictor, joined
 * by a quadrature mirror filter. Names of steps are the Recommendation's. Integer arithmetic throughout,
 * so that the output is exact.
 *
 *     code byte   | high band, 2 bits | low band, 6 bits |  ->  two samples at 16 kHz
 */
import { AdpcmBand } from './g722-band.ts';
import {
  highLogFactors,
  highQuantizer,
  lowCodeOf,
  lowLogFactors,
  lowQuantizer4,
  lowQuantizer6,
  qmfCoefficients,
} from './g722-tables.ts';

const lowLimit = { highestLog: 18_432, shift: 8, firstScale: 32 };
const highLimit = { highestLog: 22_528, shift: 10, firstScale: 8 };

export class G722Decoder {
  readonly #low = new AdpcmBand(lowLimit);
  readonly #high = new AdpcmBand(highLimit);
  /** Sums and differences of both bands, newest last. */
  readonly #history = new Int32Array(2 * qmfCoefficients.length);

  /** @returns two samples per byte. */
  decode(payload: Uint8Array): Int16Array {
    const samples = new Int16Array(2 * payload.length);
    payload.forEach((code, i) => {
      const low = this.#decodeLow(code & 0x3f);
      const high = this.#decodeHigh(code >> 6);
      this.#join(low, high, samples.subarray(2 * i));
    });
    return samples;
  }

  /** Blocks 5L, 2L to 4L: the sample takes all six bits, the predictor adapts on the upper four only. */
  #decodeLow(code: number): number {
    const band = this.#low;
    const sample = limit15(band.predicted + ((band.scale * (lowQuantizer6[code] ?? 0)) >> 15));
    const upper = code >> 2;
    const difference = (band.scale * (lowQuantizer4[upper] ?? 0)) >> 15;
    band.adaptScale(lowLogFactors[lowCodeOf[upper] ?? 0] ?? 0);
    band.adaptPredictor(difference);
    return sample;
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const difference = (band.scale * (highQuantizer[code] ?? 0)) >> 15;
    const sample = limit15(band.predicted + difference);
    // The two lower codes are the larger steps.
    band.adaptScale(highLogFactors[code & 1] ?? 0);
    band.adaptPredictor(difference);
    return sample;
  }

  /** RECA, RECB, ACCUMC, ACCUMD and SELECT: 24 taps, half of them for each of the two samples. */
  #join(low: number, high: number, samples: Int16Array): void {
    const history = this.#history;
    history.copyWithin(0, 2);
    history[history.length - 2] = low + high;
    history[history.length - 1] = low - high;
    let even = 0;
    let odd = 0;
    qmfCoefficients.forEach((coefficient, i) => {
      even += coefficient * (history[history.length - 1 - 2 * i] ?? 0);
      odd += coefficient * (history[2 * i] ?? 0);
    });
    samples[0] = limit16(even >> 11);
    samples[1] = limit16(odd >> 11);
  }
}

function limit15(value: number): number {
  return Math.max(-16_384, Math.min(16_383, value));
}

function limit16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
