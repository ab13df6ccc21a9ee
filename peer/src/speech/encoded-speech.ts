/** Speech as Opus frames (RFC 6716). Encoded once, then sent by as many speakers as wanted. */
import { Encoder } from './opus.ts';
import { frameMs, type Pcm } from './pcm.ts';

export interface OpusSettings {
  /** Default 32,000. */
  readonly bitrateBps?: number;
  /** RFC 6716 section 2.1.8. Constant: every frame of one size, as `e2ee` calls want it. */
  readonly rate: 'constant' | 'variable';
}

export interface EncodedSpeech {
  readonly rate: OpusSettings['rate'];
  /** 20 ms each, at least one. */
  readonly frames: readonly Uint8Array[];
}

/** Requests of `opus_encoder_ctl` (opus_defines.h). */
const setBitrate = 4002;
const setVbr = 4006;
const setDtx = 4016;
const setVbrConstraint = 4020;

/**
 * Without DTX: a frame every 20 ms, silence included. The last one is filled up with silence.
 * @param pcm at 8, 12, 16, 24 or 48 kHz.
 * @throws RangeError for another rate, or no samples
 */
export function encodeSpeech(pcm: Pcm, settings: OpusSettings): EncodedSpeech {
  const { bitrateBps = 32_000, rate } = settings;
  const encoder = new Encoder({
    channels: 1,
    sample_rate: requireOpusRate(pcm.sampleRateHz),
    application: 'voip',
  });
  try {
    encoder.ctl(setBitrate, bitrateBps);
    encoder.ctl(setVbr, rate === 'variable' ? 1 : 0);
    encoder.ctl(setVbrConstraint, 0);
    encoder.ctl(setDtx, 0);
    const samples = toInt16(pcm.samples);
    const length = (pcm.sampleRateHz * frameMs) / 1000;
    const frames: Uint8Array[] = [];
    for (let start = 0; start < samples.length; start += length) {
      const frame = new Int16Array(length);
      frame.set(samples.subarray(start, start + length));
      frames.push(encoder.encode(frame));
    }
    if (frames.length === 0) throw new RangeError('no samples to encode');
    return { rate, frames };
  } finally {
    encoder.drop();
  }
}

function requireOpusRate(rateHz: number): 8000 | 12000 | 16000 | 24000 | 48000 {
  switch (rateHz) {
    case 8000:
    case 12000:
    case 16000:
    case 24000:
    case 48000:
      return rateHz;
    default:
      throw new RangeError(`Opus does not take ${rateHz} Hz`);
  }
}

function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.round(Math.max(-1, Math.min(1, sample)) * 32_767),
  );
}
