import { openOpusFrames } from '../../measure/opus-frames.ts';
import { toInt16 } from '../../measure/wav.ts';
import type { AudioDecoder } from './audio-decoder.ts';

/** Opus (RFC 6716) at 48 kHz; two channels become one. */
export async function createOpusDecoder(): Promise<AudioDecoder> {
  const frames = await openOpusFrames();
  return {
    sampleRateHz: 48_000,
    decode(payload) {
      const decoded = frames.decode(payload);
      return decoded === undefined ? undefined : Int16Array.from(decoded, toInt16);
    },
    close: () => frames.close(),
  };
}
