/**
 * Attaches the crypto worker to senders and receivers. Chromium calls a transform only if it was set
 * in time: a sender's in the same task as `addTransceiver`, a receiver's there too, or right after
 * `await setRemoteDescription`. Later it is never called, without an error, and all goes out in
 * clear. Replaced during a call it may never be called either: one transform per sender, for good.
 */
import type { PipeOptions, ToWorker } from '../worker/worker-messages.ts';

export type TransformSupport = 'script-transform' | 'encoded-streams' | 'none';

/** What lib.dom does not know: Chromium's earlier form of encoded transforms. */
interface EncodedStreams {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}
interface WithEncodedStreams {
  createEncodedStreams(): EncodedStreams;
}

export function transformSupport(): TransformSupport {
  if (typeof RTCRtpScriptTransform === 'function') return 'script-transform';
  if (typeof RTCRtpSender === 'function' && 'createEncodedStreams' in RTCRtpSender.prototype) {
    return 'encoded-streams';
  }
  return 'none';
}

/**
 * Configuration for every RTCPeerConnection whose frames must be transformed. With this flag
 * Chromium sends and plays nothing that no transform handled; others ignore it.
 */
export const transformedConnection: RTCConfiguration = {
  // @ts-expect-error -- not in lib.dom: a Chromium flag that the standard does not have
  encodedInsertableStreams: true,
};

/**
 * Runs the frames of one sender or receiver through the worker.
 * @throws TypeError where `transformSupport()` is `none`: such a browser must not get here.
 */
export function attachTransform(
  end: RTCRtpSender | RTCRtpReceiver,
  worker: Worker,
  options: PipeOptions,
): void {
  if (typeof RTCRtpScriptTransform === 'function') {
    end.transform = new RTCRtpScriptTransform(worker, options);
    return;
  }
  if (!hasEncodedStreams(end)) throw new TypeError('this browser cannot transform encoded frames');
  const { readable, writable } = end.createEncodedStreams();
  const message: ToWorker = { type: 'pipe', options, readable, writable };
  worker.postMessage(message, [readable, writable]);
}

function hasEncodedStreams(end: object): end is WithEncodedStreams {
  return 'createEncodedStreams' in end;
}
