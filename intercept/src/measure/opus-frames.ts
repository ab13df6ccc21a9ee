/** One Opus frame (RFC 6716) after the other to samples, by opus-decoder. */
import { OpusDecoder } from 'opus-decoder';

export interface OpusFrames {
  /** 48 kHz, one channel; whatever is not Opus goes far beyond 1. @returns undefined for what the decoder refuses. */
  decode(payload: Uint8Array): Float32Array | undefined;
  /** Frees the decoder's memory. */
  close(): void;
}

export async function openOpusFrames(): Promise<OpusFrames> {
  // One channel: with two, opus-decoder 0.7.12 writes past its memory when it is given what is not Opus.
  const decoder = new OpusDecoder({ channels: 1 });
  await decoder.ready;
  return {
    decode: (payload) => {
      const { channelData, samplesDecoded, errors } = quietly(() => decoder.decodeFrame(payload));
      return errors.length > 0 || samplesDecoded === 0 ? undefined : channelData[0];
    },
    close: () => decoder.free(),
  };
}

/** opus-decoder writes a line for each frame that it refuses, and noise has thousands; whoever asks counts them. */
function quietly<T>(run: () => T): T {
  /* eslint-disable no-console -- nothing is written: the library's own writing is held back */
  const { error } = console;
  console.error = () => undefined;
  try {
    return run();
  } finally {
    console.error = error;
  }
  /* eslint-enable no-console */
}
