import { OpusDecoder } from 'opus-decoder';
import { toInt16 } from '../../measure/wav.ts';
import type { AudioDecoder } from './audio-decoder.ts';

/** Opus (RFC 6716) at 48 kHz; two channels become one. */
export async function createOpusDecoder(): Promise<AudioDecoder> {
  const decoder = new OpusDecoder();
  await decoder.ready;
  return {
    sampleRateHz: 48_000,
    decode(payload) {
      const { channelData, samplesDecoded, errors } = decoder.decodeFrame(payload);
      if (errors.length > 0 || samplesDecoded === 0) return undefined;
      const samples = new Int16Array(samplesDecoded);
      for (let i = 0; i < samplesDecoded; i++) {
        let sum = 0;
        for (const channel of channelData) sum += channel[i] ?? 0;
        samples[i] = toInt16(sum / channelData.length);
      }
      return samples;
    },
    close: () => decoder.free(),
  };
}
