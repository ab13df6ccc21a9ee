/** Frames as columns of a picture: brightness 0 to 1 per row, the first row at the top. */
import { spectrumDb } from './spectrum.ts';

export const columnRows = 96;

/** 16 kHz is enough for voices: every third of 48 kHz samples. */
const decimation = 3;
/** 16 ms: 62.5 Hz a row, up to 6 kHz. */
const windowSamples = 256;
/** Voices, from the codec's own noise up. */
const heardRange = { quietestDb: -85, loudestDb: -25 } as const;

/** What is heard in a frame of 48 kHz, low tones at the bottom. */
export function soundColumn(samples: Float32Array): Float32Array {
  const piece = new Float32Array(windowSamples);
  for (let i = 0; i < windowSamples; i++) {
    let sum = 0;
    for (let j = 0; j < decimation; j++) sum += samples[i * decimation + j] ?? 0;
    piece[i] = sum / decimation;
  }
  return brightness(spectrumDb(piece, columnRows), heardRange);
}

/** The bytes of a frame as they are, first at the top; what the frame does not fill is dark. */
export function byteColumn(payload: Uint8Array): Float32Array {
  return Float32Array.from({ length: columnRows }, (_, row) => (payload[row] ?? 0) / 255);
}

/** Of a frame's end, which is sealed in whole: shorter than any frame of a voice. */
const bytesHeard = 64;
const rowsPerBin = columnRows / (bytesHeard / 2);

/** The same as if each byte were a sample of sound. */
export function bytesAsSoundColumn(payload: Uint8Array): Float32Array {
  const end = payload.slice(-bytesHeard);
  const samples = Float32Array.from(
    { length: bytesHeard },
    (_, i) => ((end[i] ?? 128) - 128) / 128,
  );
  const bins = brightness(spectrumDb(samples, bytesHeard / 2), { quietestDb: -45, loudestDb: -5 });
  return Float32Array.from(
    { length: columnRows },
    (_, row) => bins[Math.floor(row / rowsPerBin)] ?? 0,
  );
}

function brightness(
  levelsDb: Float32Array,
  range: { readonly quietestDb: number; readonly loudestDb: number },
): Float32Array {
  const { quietestDb, loudestDb } = range;
  return levelsDb
    .map((db) => Math.min(1, Math.max(0, (db - quietestDb) / (loudestDb - quietestDb))))
    .reverse();
}
