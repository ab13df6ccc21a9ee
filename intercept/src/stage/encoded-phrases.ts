/** The phrases as an encoder sends them. On a thread of its own: meanwhile the lab's relays have calls to carry. */
import { Worker } from 'node:worker_threads';
import type { OpusSettings } from '@earshot/peer/encoded-speech';

export interface EncodedPhrase {
  readonly voice: string;
  readonly phrase: string;
  /** 20 ms each, of equally much time for every phrase. */
  readonly frames: readonly Uint8Array[];
}

export type Rate = OpusSettings['rate'];

/** Modes differ in what is sealed how, not in what the encoder makes. */
const encoded = new Map<Rate, Promise<readonly EncodedPhrase[]>>();

/** Encoded once. */
export function encodedPhrases(rate: Rate): Promise<readonly EncodedPhrase[]> {
  const known = encoded.get(rate) ?? encodeElsewhere(rate);
  encoded.set(rate, known);
  return known;
}

function encodeElsewhere(rate: Rate): Promise<readonly EncodedPhrase[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly EncodedPhrase[]>();
  const worker = new Worker(new URL('./encoded-phrases-worker.ts', import.meta.url), {
    workerData: rate,
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => {
    // Without effect where it has answered.
    reject(new Error(`the encoder's thread ended with ${String(code)}`));
  });
  return promise;
}
