/** The worker of livekit-client, spoken to as its `E2eeManager` does, with a key per participant. */
import type { PairOptions, TransformPair } from './transform-pair.ts';

const participantIdentity = 'alice';
/** `KEY_PROVIDER_DEFAULTS` of livekit-client 2.23.0. */
const keyProviderOptions = {
  sharedKey: false,
  ratchetSalt: 'LKFrameEncryptionKey',
  ratchetWindowSize: 8,
  failureTolerance: 10,
  keyringSize: 16,
  keySize: 128,
};
/** `LogLevel.error`. */
const loglevel = 4;

export async function startLiveKit({ isTapped }: PairOptions): Promise<TransformPair> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const usages: KeyUsage[] = ['deriveBits', 'deriveKey'];
  const key = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, usages);
  const [sealer, opener] = [createWorker(isTapped), createWorker(isTapped)];
  for (const worker of [sealer, opener]) {
    worker.addEventListener('message', failOnError);
    worker.postMessage({ kind: 'init', data: { loglevel, keyProviderOptions } });
    worker.postMessage({ kind: 'enable', data: { enabled: true, participantIdentity } });
    worker.postMessage({
      kind: 'setKey',
      data: {
        ...{ participantIdentity, key, keyIndex: 0, updateCurrentKeyIndex: true },
        isPublisher: worker === sealer,
      },
    });
  }
  const optionsOf = (stream: number): object => ({
    ...{ participantIdentity, trackId: `track-${stream}`, hasPacketTrailer: false },
  });
  return {
    sealing: (stream) =>
      new RTCRtpScriptTransform(sealer, { kind: 'encode', ...optionsOf(stream) }),
    opening: (stream) =>
      new RTCRtpScriptTransform(opener, { kind: 'decode', ...optionsOf(stream) }),
  };
}

/** A frame that it could not seal or open would cost less than one that it could. */
function failOnError({
  data,
}: MessageEvent<{ readonly kind: string; readonly data: unknown }>): void {
  if (data.kind === 'error') throw new Error(`LiveKit's worker: ${JSON.stringify(data.data)}`);
}

function createWorker(isTapped: boolean): Worker {
  return isTapped
    ? new Worker(new URL('../workers/tapped/livekit-worker.ts', import.meta.url), {
        type: 'module',
      })
    : new Worker(new URL('../workers/livekit-worker.ts', import.meta.url), { type: 'module' });
}
