/** Frame pipes: every encoded frame is replaced by its sealed or opened form, or dropped and counted. */
import type { FrameCounts, FrameOpener, FrameSealer } from '@earshot/keying/frame-transform';
import type { Outcome, Rejection } from '@earshot/keying/errors';
import type { PipeCounts } from './worker-messages.ts';

interface Counter {
  passed: number;
  readonly dropped: Partial<Record<Rejection, number>>;
}

export interface FrameStreams {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}

export class FramePipes {
  readonly #sealed = new Map<string, Counter>();
  readonly #opened = new Map<string, Counter>();
  readonly #onFirstSealed: (pipeId: string) => void;

  constructor(options: { readonly onFirstSealed: (pipeId: string) => void }) {
    this.#onFirstSealed = options.onFirstSealed;
  }

  /** Own frames of one sender. */
  seal(pipeId: string, sealer: FrameSealer, streams: FrameStreams): void {
    const counter = counterFor(this.#sealed, pipeId);
    connect(streams, counter, (frame) => {
      const outcome = sealer.seal(new Uint8Array(frame.data), {
        rtpTimestamp: frame.getMetadata().rtpTimestamp ?? frame.timestamp,
      });
      if (outcome.ok && counter.passed === 0) this.#onFirstSealed(pipeId);
      return outcome;
    });
  }

  /** One peer's frames. Counts go on when the peer's receiver is replaced by another. */
  open(peerId: string, opener: FrameOpener, streams: FrameStreams): void {
    connect(streams, counterFor(this.#opened, peerId), (frame) =>
      opener.open(new Uint8Array(frame.data)),
    );
  }

  counts(): PipeCounts {
    return { sealed: snapshot(this.#sealed), opened: snapshot(this.#opened) };
  }
}

/** An exception would end the pipe for good, so none leaves `convert`: a frame that fails is dropped. */
function connect(
  { readable, writable }: FrameStreams,
  counter: Counter,
  convert: (frame: RTCEncodedAudioFrame) => Outcome,
): void {
  const converter = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    transform(frame, controller) {
      // Firefox delivers empty frames when a receiver starts: there is nothing in them to open or play.
      const outcome = attempt(convert, frame);
      if (!outcome.ok) {
        counter.dropped[outcome.reason] = (counter.dropped[outcome.reason] ?? 0) + 1;
        return;
      }
      counter.passed++;
      frame.data = outcome.bytes.slice().buffer;
      controller.enqueue(frame);
    },
  });
  // The pipe ends with its sender or receiver, by closing or by an error; either way no frame passes any more.
  readable
    .pipeThrough(converter)
    .pipeTo(writable)
    .catch(() => undefined);
}

function attempt(
  convert: (frame: RTCEncodedAudioFrame) => Outcome,
  frame: RTCEncodedAudioFrame,
): Outcome {
  try {
    return convert(frame);
  } catch {
    return { ok: false, reason: 'no-key' };
  }
}

function counterFor(counters: Map<string, Counter>, id: string): Counter {
  const known = counters.get(id);
  if (known !== undefined) return known;
  const counter: Counter = { passed: 0, dropped: {} };
  counters.set(id, counter);
  return counter;
}

function snapshot(counters: ReadonlyMap<string, Counter>): Record<string, FrameCounts> {
  return Object.fromEntries(
    [...counters].map(([id, { passed, dropped }]) => [id, { passed, dropped: { ...dropped } }]),
  );
}
