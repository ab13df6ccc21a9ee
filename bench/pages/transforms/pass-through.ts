import type { PairOptions, TransformPair } from './transform-pair.ts';

export function startPassThrough({ isTapped }: PairOptions): Promise<TransformPair> {
  const [sealer, opener] = [createWorker(isTapped), createWorker(isTapped)];
  return Promise.resolve({
    sealing: () => new RTCRtpScriptTransform(sealer, { kind: 'seal' }),
    opening: () => new RTCRtpScriptTransform(opener, { kind: 'open' }),
  });
}

/** Written out, because the build looks for workers by this form. */
function createWorker(isTapped: boolean): Worker {
  return isTapped
    ? new Worker(new URL('../workers/tapped/pass-through-worker.ts', import.meta.url), {
        type: 'module',
      })
    : new Worker(new URL('../workers/pass-through-worker.ts', import.meta.url), { type: 'module' });
}
