/** What someone hears: Opus frames decoded as they arrive, placed by RTP timestamp. */
import { Decoder } from './opus.ts';
import { rtpClockHz, type OpusFrame, type Pcm } from './pcm.ts';

/** Longer than any call here. A foreign timestamp must not ask for gigabytes. */
const longestS = 600;
/** RFC 6716 section 3.2.1 bounds a frame; the decoder's buffer is of this size. */
const maxPacketBytes = 8192;

interface Heard {
  /** Samples from the first frame. */
  readonly at: number;
  readonly samples: Float32Array;
}

export class SpeechRecorder {
  readonly #decoder = new Decoder({ channels: 1, sample_rate: rtpClockHz });
  readonly #heard: Heard[] = [];
  #previousTimestamp: number | undefined;
  #at = 0;
  #refused = 0;
  #late = 0;
  #isClosed = false;

  /** Decoded; refused by the decoder, or too far off; too late or repeated, which are not played. */
  get counts(): { readonly decoded: number; readonly refused: number; readonly late: number } {
    return { decoded: this.#heard.length, refused: this.#refused, late: this.#late };
  }

  /** Takes frames of one sender. Empty ones, and any after `close()`, are ignored. */
  add({ timestamp, payload }: OpusFrame): void {
    if (this.#isClosed || payload.length === 0) return;
    // The signed 32-bit difference: forwards or backwards, across the wrap.
    const step =
      this.#previousTimestamp === undefined ? 0 : (timestamp - this.#previousTimestamp) | 0;
    const at = this.#at + step;
    if (at >= longestS * rtpClockHz || payload.length > maxPacketBytes) {
      this.#refused++;
      return;
    }
    const last = this.#heard.at(-1);
    if (last !== undefined && at < last.at + last.samples.length) {
      this.#late++;
      return;
    }
    const samples = this.#decode(payload);
    if (samples === undefined) {
      this.#refused++;
      return;
    }
    this.#previousTimestamp = timestamp;
    this.#at = at;
    this.#heard.push({ at, samples });
  }

  /** All that was heard so far, 48 kHz. What is missing is silent. Stays readable after `close()`. */
  pcm(): Pcm {
    const last = this.#heard.at(-1);
    const samples = new Float32Array(last === undefined ? 0 : last.at + last.samples.length);
    for (const { at, samples: piece } of this.#heard) samples.set(piece, at);
    return { sampleRateHz: rtpClockHz, samples };
  }

  /** Frees the decoder. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#decoder.drop();
  }

  #decode(payload: Uint8Array): Float32Array | undefined {
    try {
      const bytes = this.#decoder.decode(payload);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Float32Array.from(
        { length: bytes.length / 2 },
        (_, i) => view.getInt16(2 * i, true) / 32_768,
      );
    } catch {
      // Not Opus: a sealed frame, for example.
      return undefined;
    }
  }
}
