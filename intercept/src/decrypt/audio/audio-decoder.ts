/** Payloads of one stream, in order, to samples. */
import type { AudioCodec } from '../audio-codec.ts';
import { decodePcma, decodePcmu } from './g711.ts';
import { G722Decoder } from './g722.ts';
import { createOpusDecoder } from './opus.ts';

export interface AudioDecoder {
  readonly sampleRateHz: number;
  /** @returns mono samples; undefined for a payload that is not of this codec. */
  decode(payload: Uint8Array): Int16Array | undefined;
  close(): void;
}

export async function createAudioDecoder(codec: AudioCodec): Promise<AudioDecoder> {
  switch (codec) {
    case 'opus':
      return createOpusDecoder();
    case 'pcmu':
      return { sampleRateHz: 8000, decode: decodePcmu, close: () => undefined };
    case 'pcma':
      return { sampleRateHz: 8000, decode: decodePcma, close: () => undefined };
    case 'g722': {
      const decoder = new G722Decoder();
      return {
        sampleRateHz: 16_000,
        decode: (payload) => decoder.decode(payload),
        close: () => undefined,
      };
    }
  }
}
