/** As many audio streams as asked for, from one connection to another in the same page. */
import type { FrameTotals, TransformKind } from '../src/page-contract.ts';

const worker = new Worker(new URL('workers/renderer-worker.ts', import.meta.url), {
  type: 'module',
});
const settledPollMs = 100;

globalThis.benchPage = {
  async startStreams(streams) {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    const [track] = microphone.getAudioTracks();
    if (track === undefined) throw new Error('no microphone');
    const sending = new RTCPeerConnection();
    const receiving = new RTCPeerConnection();
    sending.addEventListener('icecandidate', ({ candidate }) => {
      void receiving.addIceCandidate(candidate);
    });
    receiving.addEventListener('icecandidate', ({ candidate }) => {
      void sending.addIceCandidate(candidate);
    });
    for (let stream = 0; stream < streams; stream++) {
      const { sender } = sending.addTransceiver(track.clone(), { direction: 'sendonly' });
      // In the task that created it: later ones are never called.
      sender.transform = new RTCRtpScriptTransform(worker, { kind: 'seal', stream });
    }
    await sending.setLocalDescription();
    if (sending.localDescription === null) throw new Error('no offer');
    await receiving.setRemoteDescription(sending.localDescription);
    const receivers = receiving.getTransceivers().map(({ receiver }) => receiver);
    // All in the continuation of setRemoteDescription, for the same reason.
    for (const [stream, receiver] of receivers.entries()) {
      receiver.transform = new RTCRtpScriptTransform(worker, { kind: 'open', stream });
    }
    for (const { track: received } of receivers) play(received);
    await receiving.setLocalDescription();
    if (receiving.localDescription === null) throw new Error('no answer');
    await sending.setRemoteDescription(receiving.localDescription);
    while ((await frameTotals()).received < 50 * streams) await delay(settledPollMs);
  },
  async switchTransform(kind) {
    await ask({ ask: 'switch', kind });
  },
  frameTotals,
};

/** Decoded only while something plays it. Starts with the first frame. */
function play(track: MediaStreamTrack): void {
  const audio = new Audio();
  audio.srcObject = new MediaStream([track]);
  void audio.play();
}

function frameTotals(): Promise<FrameTotals> {
  return ask({ ask: 'count' });
}

type Question =
  { readonly ask: 'count' } | { readonly ask: 'switch'; readonly kind: TransformKind };

/** One question at a time; every answer is the totals. */
function ask(question: Question): Promise<FrameTotals> {
  return new Promise((resolve) => {
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<FrameTotals>) => {
        resolve(data);
      },
      { once: true },
    );
    worker.postMessage(question);
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
