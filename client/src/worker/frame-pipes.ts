/** Connects the streams of senders and receivers to the frame transforms, and keeps their counts. */
import {
  createOpenTransform,
  createSealTransform,
  FrameCounter,
  type FrameOpener,
  type FrameSealer,
  type FrameTransform,
} from '@earshot/keying/frame-transform';
import type { PipeCounts } from './worker-messages.ts';

export interface FrameStreams {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}

interface SealedCounter {
  readonly frames: FrameCounter;
  bytes: number;
}

/** Who sends what a pipe opens. */
interface Sender {
  readonly peerId: string;
  readonly opener: FrameOpener;
}

export interface FramePipesOptions {
  readonly onFirstSealed: (pipeId: string) => void;
  readonly onFirstOpened: (peerId: string) => void;
}

export class FramePipes {
  readonly #sealed = new Map<string, SealedCounter>();
  readonly #opened = new Map<string, FrameCounter>();
  /** By pipe; asked for and told in either order. */
  readonly #senders = new Map<string, PromiseWithResolvers<Sender>>();
  readonly #options: FramePipesOptions;

  constructor(options: FramePipesOptions) {
    this.#options = options;
  }

  /** Own frames of one sender. */
  seal(pipeId: string, sealer: FrameSealer, streams: FrameStreams): void {
    const counter: SealedCounter = { frames: new FrameCounter(), bytes: 0 };
    this.#sealed.set(pipeId, counter);
    void connect(
      streams,
      createSealTransform({
        sealer: {
          seal: (payload, info) => {
            const outcome = sealer.seal(payload, info);
            if (outcome.ok) counter.bytes += outcome.bytes.length;
            return outcome;
          },
        },
        counter: counter.frames,
        onFirstSealed: () => {
          this.#options.onFirstSealed(pipeId);
        },
      }),
    );
  }

  /** One peer's frames, once `openFor` says whose: until then none is read. */
  open(pipeId: string, streams: FrameStreams): void {
    void this.#senderOf(pipeId).promise.then((sender) => {
      this.#open(sender, streams);
    });
  }

  /** The first word counts. */
  openFor(pipeId: string, sender: Sender): void {
    this.#senderOf(pipeId).resolve(sender);
  }

  #senderOf(pipeId: string): PromiseWithResolvers<Sender> {
    let sender = this.#senders.get(pipeId);
    if (sender === undefined) {
      sender = Promise.withResolvers<Sender>();
      this.#senders.set(pipeId, sender);
    }
    return sender;
  }

  /** Counts go on when the peer's receiver is replaced by another. */
  #open({ peerId, opener }: Sender, streams: FrameStreams): void {
    const counter = this.#opened.get(peerId) ?? new FrameCounter();
    this.#opened.set(peerId, counter);
    const onFirstOpened = (): void => {
      this.#options.onFirstOpened(peerId);
    };
    void connect(streams, createOpenTransform({ opener, counter, onFirstOpened }));
  }

  counts(): Pick<PipeCounts, 'sealed' | 'opened'> {
    return {
      sealed: Object.fromEntries(
        [...this.#sealed].map(([id, { frames, bytes }]) => [id, { ...frames.counts, bytes }]),
      ),
      opened: Object.fromEntries([...this.#opened].map(([id, { counts }]) => [id, counts])),
    };
  }
}

/**
 * Reads and writes by hand: a `TransformStream` between the two passes every frame through two more
 * queues, which costs more than sealing it. Nothing waits for a write, because the browser's end takes
 * frames as fast as they come, in their order.
 */
async function connect(
  { readable, writable }: FrameStreams,
  frames: FrameTransform,
): Promise<void> {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const controller = {
    enqueue: (frame: RTCEncodedAudioFrame) => {
      writer.write(frame).catch(ignoreEnd);
    },
  };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      frames.transform(value, controller);
    }
  } catch {
    // The pipe ends with its sender or receiver, by closing or by an error: no frame passes any more either way.
  }
  writer.close().catch(ignoreEnd);
}

function ignoreEnd(): void {
  // The network's or the player's end has gone first: nothing is left to send or play.
}
