/** What each person says, as the Opus frames that an `e2ee` client sends: constant bitrate, 20 ms. */
import { encodeSpeech } from '@earshot/peer/encoded-speech';
import type { OpusFrame } from '../measure/opus-decode.ts';
import { resample } from '../measure/pcm.ts';
import { speechOf, type Speaker } from './speech.ts';

const rateHz = 16_000;
/** RFC 7587 section 4.1: 20 ms of the 48 kHz clock. */
const ticksPerFrame = 960;

/** Enough to be found again in what is said. */
const spokenS = 4;

const spoken = new Map<Speaker, readonly OpusFrame[]>();

/** From the beginning of the loop; timestamps from 0. Encoded once. */
export function spokenFrames(speaker: Speaker): readonly OpusFrame[] {
  let frames = spoken.get(speaker);
  if (frames === undefined) {
    frames = encoded(speaker);
    spoken.set(speaker, frames);
  }
  return frames;
}

function encoded(speaker: Speaker): readonly OpusFrame[] {
  const { samples } = resample(speechOf(speaker), rateHz);
  const beginning = { sampleRateHz: rateHz, samples: samples.subarray(0, spokenS * rateHz) };
  return encodeSpeech(beginning, { rate: 'constant' }).frames.map((payload, i) => ({
    timestamp: ticksPerFrame * i,
    payload,
  }));
}
