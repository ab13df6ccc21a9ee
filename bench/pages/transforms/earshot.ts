/** The product's worker twice, one per person: they agree on keys as in a call, without a server between. */
import { isFromWorker, type ToWorker } from '../../../client/src/worker/worker-messages.ts';
import type { PairOptions, TransformPair } from './transform-pair.ts';

interface Person {
  readonly id: string;
  readonly order: number;
  readonly worker: Worker;
}

export async function startEarshot({ isTapped }: PairOptions): Promise<TransformPair> {
  const linkSecret = crypto.getRandomValues(new Uint8Array(32));
  const alice: Person = { id: 'alice', order: 0, worker: createWorker(isTapped) };
  const bob: Person = { id: 'bob', order: 1, worker: createWorker(isTapped) };
  await Promise.all([agree(alice, bob, linkSecret), agree(bob, alice, linkSecret)]);
  return {
    sealing: (stream) =>
      new RTCRtpScriptTransform(alice.worker, { kind: 'seal', pipeId: `pipe-${stream}` }),
    opening: (stream) => {
      const pipeId = `pipe-${stream}`;
      post(bob, { type: 'open-for', pipeId, peerId: alice.id });
      return new RTCRtpScriptTransform(bob.worker, { kind: 'open', pipeId });
    },
  };
}

/** Resolves when `self` has keys with `other`. */
function agree(self: Person, other: Person, linkSecret: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    self.worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isFromWorker(data)) throw new TypeError('not a message of the worker');
      if (data.type === 'envelope') post(other, { ...data, from: self.id });
      if (data.type === 'broken') reject(new Error(data.message));
      if (data.type !== 'peer-state') return;
      if (data.keying.kind === 'secure') resolve();
      if (data.keying.kind === 'failed') reject(new Error(data.keying.code));
    });
    post(self, {
      ...{ type: 'start-e2ee', callId: 'bench', topology: 'room' },
      ...{ selfId: self.id, selfOrder: self.order, linkSecret: linkSecret.slice() },
    });
    post(self, { type: 'meet-peer', peerId: other.id, order: other.order, name: other.id });
  });
}

function post({ worker }: Person, message: ToWorker): void {
  worker.postMessage(message);
}

function createWorker(isTapped: boolean): Worker {
  return isTapped
    ? new Worker(new URL('../workers/tapped/earshot-worker.ts', import.meta.url), {
        type: 'module',
      })
    : new Worker(new URL('../workers/earshot-worker.ts', import.meta.url), { type: 'module' });
}
