/**
 * Streams whose transform can be switched under way, so that everything else in the process stays
 * as it is. `noble` is what the product runs, by the same transforms.
 */
import {
  createOpenTransform,
  createSealTransform,
  type FrameTransform,
} from '@earshot/keying/frame-transform';
import { Secret } from '@earshot/keying/secret';
import { defaultFrameSuite, ReceiverKeyring, SenderKey } from '@earshot/keying/sframe';
import type { FrameTotals, TransformKind } from '../../src/page-contract.ts';
import { WebCryptoContext } from '../../src/webcrypto-sframe.ts';

declare const self: DedicatedWorkerGlobalScope & {
  onrtctransform: ((event: RTCTransformEvent) => void) | null;
};

interface FrameStreams {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}

interface StreamOptions {
  readonly kind: 'seal' | 'open';
  readonly stream: number;
}

type Question =
  { readonly ask: 'count' } | { readonly ask: 'switch'; readonly kind: TransformKind };

interface StreamKeys {
  readonly noble: Readonly<Record<StreamOptions['kind'], FrameTransform>>;
  readonly webCrypto: Promise<WebCryptoContext>;
}

const suite = defaultFrameSuite;
/** Lengths as in a call: see `frameMetadata` and the suite's table. */
const metadata = crypto.getRandomValues(new Uint8Array(32));
const keys = new Map<number, StreamKeys>();
const transforms: FrameTransform[] = [];
const totals = { sent: 0, received: 0, dropped: 0 };
let current: TransformKind = 'pass-through';

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  if (data.ask === 'switch') current = data.kind;
  self.postMessage(countFrames());
});

self.onrtctransform = ({ transformer }) => {
  const options: unknown = transformer.options;
  if (!isStreamOptions(options)) throw new TypeError('not a stream of this page');
  const { kind, stream } = options;
  const { noble, webCrypto } = keysOf(stream);
  const converter = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    transform(frame, controller) {
      if (kind === 'seal') totals.sent++;
      else totals.received++;
      switch (current) {
        case 'pass-through':
          controller.enqueue(frame);
          return undefined;
        case 'noble':
          noble[kind].transform<RTCEncodedAudioFrame>(frame, controller);
          return undefined;
        case 'webcrypto':
          return convert(webCrypto, kind, frame).then((isConverted) => {
            if (isConverted) controller.enqueue(frame);
            else totals.dropped++;
          });
      }
    },
  });
  connect(transformer, converter);
};

function connect(streams: FrameStreams, converter: FrameStreams): void {
  void streams.readable.pipeThrough(converter).pipeTo(streams.writable);
}

function isStreamOptions(value: unknown): value is StreamOptions {
  return typeof value === 'object' && value !== null && 'kind' in value && 'stream' in value;
}

async function convert(
  context: Promise<WebCryptoContext>,
  kind: StreamOptions['kind'],
  frame: RTCEncodedAudioFrame,
): Promise<boolean> {
  const input = new Uint8Array(frame.data);
  const output = await (kind === 'seal'
    ? (await context).seal(input)
    : (await context).open(input));
  if (output === undefined) return false;
  frame.data = output.buffer;
  return true;
}

function keysOf(stream: number): StreamKeys {
  const known = keys.get(stream);
  if (known !== undefined) return known;
  const baseKey = crypto.getRandomValues(new Uint8Array(32));
  const id = { generation: 1, step: 0 };
  const opener = new ReceiverKeyring({ suite, metadata });
  opener.install(id, Secret.take(baseKey.slice()));
  const sealer = new SenderKey({
    ...{ suite, metadata, generation: id.generation },
    baseKey: Secret.take(baseKey.slice()),
  });
  const created: StreamKeys = {
    noble: { seal: createSealTransform({ sealer }), open: createOpenTransform({ opener }) },
    webCrypto: WebCryptoContext.create({ suite, metadata, baseKey, kid: 8n }),
  };
  keys.set(stream, created);
  transforms.push(created.noble.seal, created.noble.open);
  return created;
}

function countFrames(): FrameTotals {
  let dropped = totals.dropped;
  for (const { counts } of transforms) {
    for (const count of Object.values(counts.dropped)) dropped += count;
  }
  return { ...totals, dropped };
}
