/** What one stream said under one codec, as a WAV file. */
import { clockRatesHz, type AudioCodec } from '../audio-codec.ts';
import type { AudioDecoder } from './audio-decoder.ts';
import { Reordering, Timeline, type TimedPayload } from './timeline.ts';
import { WavFile } from './wav-file.ts';

export interface RecordingResult {
  readonly codec: AudioCodec;
  /** undefined if no payload could be decoded: then there is no file. */
  readonly path: string | undefined;
  readonly durationS: number;
  readonly payloadsDecoded: number;
  /** Authentic, but not of the codec that they were taken for. */
  readonly payloadsRefused: number;
  readonly timestampJumps: number;
}

export class Recording {
  readonly #codec: AudioCodec;
  readonly #decoder: AudioDecoder;
  readonly #path: string;
  readonly #ordering = new Reordering();
  readonly #timeline: Timeline;
  readonly #samplesPerTick: number;
  #file: WavFile | undefined;
  #endAt = 0;
  #decoded = 0;
  #refused = 0;

  constructor(options: {
    readonly codec: AudioCodec;
    readonly decoder: AudioDecoder;
    readonly path: string;
  }) {
    this.#codec = options.codec;
    this.#decoder = options.decoder;
    this.#path = options.path;
    const clockRateHz = clockRatesHz[options.codec];
    this.#timeline = new Timeline(clockRateHz);
    this.#samplesPerTick = options.decoder.sampleRateHz / clockRateHz;
  }

  /** @throws Error of the file system. */
  add(packet: TimedPayload): void {
    const next = this.#ordering.add(packet);
    if (next !== undefined) this.#write(next);
  }

  /** @throws Error of the file system. */
  finish(): RecordingResult {
    for (let next = this.#ordering.next(); next !== undefined; next = this.#ordering.next()) {
      this.#write(next);
    }
    this.#file?.close();
    this.#decoder.close();
    return {
      codec: this.#codec,
      path: this.#file?.path,
      durationS: this.#file?.durationS ?? 0,
      payloadsDecoded: this.#decoded,
      payloadsRefused: this.#refused,
      timestampJumps: this.#timeline.jumps,
    };
  }

  /** What is not there stays silent: evidence must not hold sound that nobody sent. */
  #write({ timestamp, payload }: TimedPayload): void {
    const at = this.#timeline.place(timestamp, this.#endAt);
    // An empty payload says that nothing is being said.
    if (payload.length === 0) return;
    const samples = this.#decoder.decode(payload);
    if (samples === undefined) {
      this.#refused++;
      return;
    }
    this.#decoded++;
    this.#file ??= new WavFile(this.#path, this.#decoder.sampleRateHz);
    this.#file.write(at * this.#samplesPerTick, samples);
    this.#endAt = Math.max(this.#endAt, at + Math.ceil(samples.length / this.#samplesPerTick));
  }
}
