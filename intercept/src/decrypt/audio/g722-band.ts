import { inverseLog } from './g722-tables.ts';

const zeros = 6;

/** One band of G.722: the adaptive quantizer's scale, and the predictor with two poles and six zeros. */
export class AdpcmBand {
  readonly #highestLog: number;
  readonly #shift: number;
  #log = 0;
  #scale: number;
  #predicted = 0;
  #zeroPart = 0;
  /** By delay: differences d, reconstructed signals r and partial signals p, newest first. */
  readonly #differences = new Int32Array(zeros + 1);
  readonly #reconstructed = new Int32Array(2);
  readonly #partial = new Int32Array(3);
  readonly #poles = new Int32Array(2);
  readonly #zeros = new Int32Array(zeros);

  constructor(options: {
    readonly highestLog: number;
    readonly shift: number;
    readonly firstScale: number;
  }) {
    this.#highestLog = options.highestLog;
    this.#shift = options.shift;
    this.#scale = options.firstScale;
  }

  /** DETL or DETH. */
  get scale(): number {
    return this.#scale;
  }

  /** SL or SH. */
  get predicted(): number {
    return this.#predicted;
  }

  /** LOGSCL and SCALEL, or their counterparts of the high band. */
  adaptScale(logFactor: number): void {
    this.#log = clamp(((this.#log * 127) >> 7) + logFactor, 0, this.#highestLog);
    const mantissa = inverseLog[(this.#log >> 6) & 31] ?? 0;
    const shift = this.#shift - (this.#log >> 11);
    this.#scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  /** Block 4: everything that follows from one quantized difference. */
  adaptPredictor(difference: number): void {
    const reconstructed = limit(this.#predicted + difference);
    this.#partial.copyWithin(1, 0);
    this.#partial[0] = limit(this.#zeroPart + difference);
    this.#adaptPoles();
    this.#adaptZeros(difference);
    this.#differences.copyWithin(1, 0);
    this.#differences[1] = difference;
    this.#reconstructed.copyWithin(1, 0);
    this.#reconstructed[0] = reconstructed;
    this.#predict();
  }

  /** UPPOL2 and UPPOL1. */
  #adaptPoles(): void {
    const [first = 0, second = 0] = this.#poles;
    const [newest = 0, previous = 0, oldest = 0] = this.#partial;
    const isSameSign = newest < 0 === previous < 0;
    const leak = isSameSign ? Math.min(32_767, -limit(first << 2)) : limit(first << 2);
    const nextSecond = clamp(
      (newest < 0 === oldest < 0 ? 128 : -128) + (leak >> 7) + ((second * 32_512) >> 15),
      -12_288,
      12_288,
    );
    const bound = limit(15_360 - nextSecond);
    const nextFirst = limit((isSameSign ? 192 : -192) + ((first * 32_640) >> 15));
    this.#poles[0] = clamp(nextFirst, -bound, bound);
    this.#poles[1] = nextSecond;
  }

  /** UPZERO. */
  #adaptZeros(difference: number): void {
    const step = difference === 0 ? 0 : 128;
    for (let i = 0; i < zeros; i++) {
      const isSameSign = (this.#differences[i + 1] ?? 0) < 0 === difference < 0;
      this.#zeros[i] = limit(
        (isSameSign ? step : -step) + (((this.#zeros[i] ?? 0) * 32_640) >> 15),
      );
    }
  }

  /** FILTEP, FILTEZ and PREDIC. */
  #predict(): void {
    let polePart = 0;
    for (let i = 0; i < 2; i++) {
      polePart += ((this.#poles[i] ?? 0) * limit(2 * (this.#reconstructed[i] ?? 0))) >> 15;
    }
    let zeroPart = 0;
    for (let i = 0; i < zeros; i++) {
      zeroPart += ((this.#zeros[i] ?? 0) * limit(2 * (this.#differences[i + 1] ?? 0))) >> 15;
    }
    this.#zeroPart = limit(zeroPart);
    this.#predicted = limit(limit(polePart) + this.#zeroPart);
  }
}

/** To 16 bits. */
function limit(value: number): number {
  return clamp(value, -32_768, 32_767);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
