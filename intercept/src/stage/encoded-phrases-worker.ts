/** The thread of `encoded-phrases.ts`: encodes every phrase at the rate that it is given, answers once, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { encodeSpeech } from '@earshot/peer/encoded-speech';
import type { Pcm } from '../measure/pcm.ts';
import type { EncodedPhrase } from './encoded-phrases.ts';
import { spokenPhrases } from './phrases.ts';

/** As much time for each phrase as the longest takes: where it was cut must not tell which one it is. */
const windowS = 3.4;

const rate: unknown = workerData;
if (rate !== 'variable' && rate !== 'constant') throw new TypeError('no rate of an encoder');
const phrases = await spokenPhrases();
parentPort?.postMessage(
  phrases.map(({ voice, phrase, pcm }): EncodedPhrase => {
    return { voice, phrase, frames: encodeSpeech(withinWindow(pcm), { rate }).frames };
  }),
);

function withinWindow({ sampleRateHz, samples }: Pcm): Pcm {
  const window = new Float32Array(windowS * sampleRateHz);
  window.set(samples.subarray(0, window.length));
  return { sampleRateHz, samples: window };
}
