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

export interface FramePipesOptions {
  readonly onFirstSealed: (pipeId: string) => void;
  readonly onFirstOpened: (peerId: string) => void;
}

export class FramePipes {
  readonly #sealed = new Map<string, SealedCounter>();
  readonly #opened = new Map<string, FrameCounter>();
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

  /** One peer's frames. Counts go on when the peer's receiver is replaced by another. */
  open(peerId: string, opener: FrameOpener, streams: FrameStreams): void {
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
