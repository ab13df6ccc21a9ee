/** A crypto worker got ready while a person decides to join; at most one, holding no key of any call. */
import type { KeyingMode } from '@earshot/keying/mode';
import { transformSupport } from '../platform/encoded-transform.ts';
import { spawnCryptoWorker } from '../platform/spawn-worker.ts';
import type { ToWorker } from '../worker/worker-messages.ts';

let spare: { readonly mode: KeyingMode; readonly worker: Worker } | undefined;

/** Loads the worker's code and, for `e2ee`, runs its arithmetic once. */
export function prepareWorker(mode: KeyingMode): void {
  if (mode === 'dtls' || transformSupport() === 'none' || spare?.mode === mode) return;
  spare?.worker.terminate();
  const worker = spawnCryptoWorker();
  spare = { mode, worker };
  if (mode !== 'e2ee') return;
  const message: ToWorker = { type: 'warm-up' };
  worker.postMessage(message);
}

/** The spare one if there is one, else a new one. The caller ends it. */
export function takeWorker(mode: KeyingMode): Worker {
  const worker = spare?.mode === mode ? spare.worker : spawnCryptoWorker();
  if (spare?.worker === worker) spare = undefined;
  return worker;
}
