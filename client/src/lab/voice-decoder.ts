/** Opus frames of one person to samples, by the browser's own decoder (WebCodecs). */
import type { OpenedFrame } from './media-opener.ts';

/** RFC 7587 section 4.1: the RTP clock of Opus, and what it is decoded to. */
export const sampleRateHz = 48_000;

export interface DecodedFrame {
  /** Samples since the first frame; goes on across the 32-bit wrap. */
  readonly position: number;
  /** One channel, -1 to 1. */
  readonly samples: Float32Array<ArrayBuffer>;
}

export const canDecode = 'AudioDecoder' in globalThis;

export class VoiceDecoder {
  readonly #onFrame: (frame: DecodedFrame) => void;
  #decoder: AudioDecoder | undefined;
  #position = 0;
  #lastTimestamp: number | undefined;

  constructor(onFrame: (frame: DecodedFrame) => void) {
    this.#onFrame = onFrame;
  }

  decode({ timestamp, payload }: OpenedFrame): void {
    if (!canDecode || payload.length === 0) return;
    // The signed 32-bit difference: forwards or backwards, across the wrap.
    this.#position += (timestamp - (this.#lastTimestamp ?? timestamp)) | 0;
    this.#lastTimestamp = timestamp;
    if (this.#decoder?.state !== 'configured') this.#decoder = this.#newDecoder();
    const timestampUs = Math.round((this.#position * 1e6) / sampleRateHz);
    this.#decoder.decode(
      new EncodedAudioChunk({
        type: 'key',
        timestamp: timestampUs,
        data: new Uint8Array(payload),
      }),
    );
  }

  /** Idempotent. */
  close(): void {
    if (this.#decoder?.state === 'configured') this.#decoder.close();
    this.#decoder = undefined;
  }

  #newDecoder(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
        const position = Math.round((data.timestamp * sampleRateHz) / 1e6);
        data.close();
        this.#onFrame({ position, samples });
      },
      // What is not Opus closes the decoder; the next frame gets a new one.
      error: () => undefined,
    });
    decoder.configure({ codec: 'opus', sampleRate: sampleRateHz, numberOfChannels: 1 });
    return decoder;
  }
}
