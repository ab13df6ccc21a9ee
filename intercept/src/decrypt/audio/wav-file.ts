/** A WAV file written in place: samples may leave gaps, which the file system keeps without storing them. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { wavHeader, wavHeaderBytes } from '../../measure/wav.ts';

/** RIFF counts bytes in 32 bits. */
const maxDataBytes = 2 ** 32 - 2 ** 16;
/** More than one datagram decodes to: 65,507 bytes of G.722, two samples each. */
const bufferSamples = 2 ** 17;

export class WavFile {
  readonly path: string;
  readonly #sampleRateHz: number;
  readonly #file: number;
  readonly #buffer = new Int16Array(bufferSamples);
  #bufferAt = 0;
  #buffered = 0;
  #end = 0;

  /** @throws Error of the file system. */
  constructor(path: string, sampleRateHz: number) {
    this.path = path;
    this.#sampleRateHz = sampleRateHz;
    this.#file = openSync(path, 'w');
  }

  /**
   * @param at sample position. What does not fit a WAV file any more is left out.
   * @throws RangeError for more samples than a datagram decodes to.
   */
  write(at: number, samples: Int16Array): void {
    if (samples.length > bufferSamples) throw new RangeError(`${samples.length} samples at once`);
    if (2 * (at + samples.length) > maxDataBytes) return;
    if (at !== this.#bufferAt + this.#buffered || this.#buffered + samples.length > bufferSamples) {
      this.#flush();
      this.#bufferAt = at;
    }
    this.#buffer.set(samples, this.#buffered);
    this.#buffered += samples.length;
    this.#end = Math.max(this.#end, at + samples.length);
  }

  get durationS(): number {
    return this.#end / this.#sampleRateHz;
  }

  close(): void {
    this.#flush();
    writeSync(this.#file, wavHeader(this.#sampleRateHz, 2 * this.#end), 0, wavHeaderBytes, 0);
    ftruncateSync(this.#file, wavHeaderBytes + 2 * this.#end);
    closeSync(this.#file);
  }

  #flush(): void {
    // Int16Array is little-endian, as RIFF is, on every machine that Node runs on but s390x.
    const bytes = new Uint8Array(this.#buffer.buffer, 0, 2 * this.#buffered);
    writeSync(this.#file, bytes, 0, bytes.length, wavHeaderBytes + 2 * this.#bufferAt);
    this.#buffered = 0;
  }
}
