/** WAV files (RIFF), 16-bit PCM: what the fake microphone plays and what the evidence holds. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Pcm } from './pcm.ts';

/**
 * Reads a 16-bit PCM WAV; the first channel if there are several.
 * @throws TypeError if the file is not that.
 */
export function readWav(path: string): Pcm {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new TypeError(`${path} is not a WAV file`);
  }
  let format: { channels: number; sampleRateHz: number } | undefined;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', offset, offset + 4);
    const body = offset + 8;
    // A streamed file states a length larger than itself: what is there counts.
    const length = Math.min(bytes.readUInt32LE(offset + 4), bytes.length - body);
    if (name === 'fmt ') {
      if (bytes.readUInt16LE(body + 14) !== 16) throw new TypeError(`${path} is not 16-bit`);
      format = {
        channels: bytes.readUInt16LE(body + 2),
        sampleRateHz: bytes.readUInt32LE(body + 4),
      };
    } else if (name === 'data' && format !== undefined) {
      const stride = 2 * format.channels;
      const samples = new Float32Array(Math.floor(length / stride));
      for (let i = 0; i < samples.length; i++) {
        samples[i] = bytes.readInt16LE(body + i * stride) / 32_768;
      }
      return { sampleRateHz: format.sampleRateHz, samples };
    }
    // Chunks are padded to an even length.
    offset = body + length + (length % 2);
  }
  throw new TypeError(`${path} has no audio`);
}

export const wavHeaderBytes = 44;

/** The header of mono 16-bit PCM. */
export function wavHeader(sampleRateHz: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Writes mono 16-bit PCM; samples beyond full scale are clipped. */
export function writeWav(path: string, pcm: Pcm): void {
  const data = Buffer.alloc(pcm.samples.length * 2);
  pcm.samples.forEach((sample, i) => data.writeInt16LE(toInt16(sample), 2 * i));
  writeFileSync(path, Buffer.concat([wavHeader(pcm.sampleRateHz, data.length), data]));
}

/** @param sample -1 to 1; clipped beyond. */
export function toInt16(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
}
