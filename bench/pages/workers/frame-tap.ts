/**
 * In front of a worker's code: notes when each frame enters a sender's transform and when it leaves a
 * receiver's, and its bytes. The worker's code knows nothing of it.
 */
import { tapChannelName, type SentFrame, type TapReport } from '../frame-tap-messages.ts';

type Handler = (event: { readonly transformer: TransformerStreams }) => void;

interface FrameStreams {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}

interface TransformerStreams extends FrameStreams {
  readonly options: unknown;
}

const sent: TapReport['sent'][number][] = [];
const received: TapReport['received'][number][] = [];
const channel = new BroadcastChannel(tapChannelName);
channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (data === 'forget') {
    sent.length = 0;
    received.length = 0;
  }
  if (data === 'report') channel.postMessage({ sent, received } satisfies TapReport);
});

let handler: Handler | undefined;
// The code behind sets its handler here, and the browser's event comes to the tap.
Object.defineProperty(self, 'onrtctransform', {
  set: (value: Handler) => {
    handler = value;
  },
});
self.addEventListener('rtctransform', (event) => {
  if (!(event instanceof RTCTransformEvent)) throw new TypeError('not a transform');
  const { transformer } = event;
  const options: unknown = transformer.options;
  const tap = isSender(options) ? tapSender : tapReceiver;
  handler?.({ transformer: { options, ...tap(transformer) } });
});

/** The products' words for it. */
function isSender(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || !('kind' in options)) return false;
  return options.kind === 'seal' || options.kind === 'encode';
}

function tapSender({ readable, writable }: FrameStreams): FrameStreams {
  const underWay = new Map<RTCEncodedAudioFrame, Omit<SentFrame, 'sealedBytes'>>();
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  return {
    readable: new ReadableStream<RTCEncodedAudioFrame>(
      {
        async pull(controller) {
          const { value, done } = await reader.read();
          if (done) {
            controller.close();
            return;
          }
          const note = { plainBytes: value.data.byteLength, ...nameOf(value) };
          underWay.set(value, { ...note, atMs: nowMs() });
          controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<RTCEncodedAudioFrame>({
      write(frame) {
        const note = underWay.get(frame);
        underWay.delete(frame);
        if (note !== undefined) sent.push({ ...note, sealedBytes: frame.data.byteLength });
        return writer.write(frame);
      },
    }),
  };
}

function tapReceiver({ readable, writable }: FrameStreams): FrameStreams {
  const writer = writable.getWriter();
  return {
    readable,
    writable: new WritableStream<RTCEncodedAudioFrame>({
      write(frame) {
        const atMs = nowMs();
        received.push({ ...nameOf(frame), atMs });
        return writer.write(frame);
      },
    }),
  };
}

function nameOf(
  frame: RTCEncodedAudioFrame,
): Pick<SentFrame, 'ssrc' | 'rtpTimestamp' | 'checksum'> {
  const { synchronizationSource: ssrc, rtpTimestamp } = frame.getMetadata();
  return { ssrc, rtpTimestamp, checksum: checksumOf(new Uint8Array(frame.data)) };
}

/** Workers of one page start their clocks at different times. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** FNV-1a, 32 bits. */
function checksumOf(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
