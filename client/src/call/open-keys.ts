/** The crypto worker of a call, and whom it tells what. */
import type { KeyingMode } from '@earshot/keying/mode';
import { transformSupport } from '../platform/encoded-transform.ts';
import { spawnCryptoWorker } from '../platform/spawn-worker.ts';
import { CallError } from './call-api.ts';
import type { CallStore } from './call-store.ts';
import { KeyWorker } from './key-worker.ts';
import type { MicrophoneGate } from './microphone-gate.ts';
import type { People } from './people.ts';
import type { SignalingClient } from './signaling-client.ts';

export interface OpenKeysOptions {
  readonly mode: KeyingMode;
  /** Closes the worker when the call ends. */
  readonly store: CallStore;
  /** Undefined until they are there. */
  readonly signaling: () => SignalingClient | undefined;
  readonly people: () => People | undefined;
  readonly gate: () => MicrophoneGate | undefined;
  readonly fail: (error: unknown) => void;
}

/**
 * Gets ready at once: what takes time is done while a person decides to join.
 * Undefined in a mode whose keys are the browser's own.
 * @throws CallError `browser-unsupported` where frames cannot be transformed
 */
export function openKeys(options: OpenKeysOptions): KeyWorker | undefined {
  const { mode, store, signaling, people, gate, fail } = options;
  if (mode === 'dtls') return undefined;
  if (transformSupport() === 'none') {
    throw new CallError('browser-unsupported', 'no encoded transforms');
  }
  const keys = new KeyWorker(spawnCryptoWorker(), {
    onEnvelope: (to, kind, data) => {
      const address = people()?.addressOf(to);
      if (address === undefined) return;
      // Whoever left meanwhile needs no envelope; a relay that loses one shows as a missed deadline.
      signaling()
        ?.request('envelope', { to: address, kind, data })
        .catch(() => undefined);
    },
    onPeerState: (peerId, keying) => {
      people()?.setKeying(peerId, keying);
    },
    onSenderKey: (status) => {
      store.dispatch({ kind: 'sender-key', status });
    },
    onNotKept: () => {
      store.dispatch({ kind: 'not-kept' });
    },
    onFirstSealed: (pipeId) => {
      gate()?.sealed(pipeId);
    },
    onFirstOpened: (personId) => {
      performance.mark(`earshot:opened:${personId}`);
    },
    onBroken: fail,
  });
  store.own(() => void keys.close());
  if (mode === 'e2ee') keys.warmUp();
  else keys.startSdes();
  return keys;
}
