/** Bytes per audio packet and mode: what the browser says it sent, and what the server forwarded. */
import { operatorView } from '@earshot/intercept/stage/operator';
import { startStack, type Stack } from '@earshot/intercept/stage/stack';
import type { BrowserContext, Page } from '@playwright/test';
import type { CallBench } from './calls.ts';
import type { CallKind, Figure, FigureBook, Readings } from './figures.ts';
import { reasonOf } from './reason.ts';
import { summarize } from './statistics.ts';
import { audioCounts, countedBetween } from './watched-connections.ts';

declare global {
  /** In the crypto worker: put there by `workerPrelude`. */
  var frameLengths: [plain: number, converted: number][] | undefined;
}

const bytes = { group: 'wire', unit: 'bytes', versus: 'difference' } as const;

export const byteFigures = {
  payload: { ...bytes, id: 'bytes-payload', title: 'Payload of a packet, mean', digits: 1 },
  headers: { ...bytes, id: 'bytes-headers', title: 'RTP headers of a packet, mean', digits: 1 },
  added: { ...bytes, id: 'bytes-added', title: 'Added to one frame, at most', digits: 0 },
  smallest: { ...bytes, id: 'bytes-smallest', title: 'Smallest payload forwarded', digits: 0 },
  largest: { ...bytes, id: 'bytes-largest', title: 'Largest payload forwarded', digits: 0 },
} as const satisfies Record<string, Figure>;

const windowMs = { quick: 2000, full: 6000 };

/**
 * In front of the crypto worker's code: notes the length of every frame before and after its
 * transform. Only what the worker makes longer is sealed; what it makes shorter is opened.
 */
const workerPrelude = `{
  const { get, set } = Object.getOwnPropertyDescriptor(RTCEncodedAudioFrame.prototype, 'data');
  self.frameLengths = [];
  Object.defineProperty(RTCEncodedAudioFrame.prototype, 'data', {
    get,
    set(converted) {
      self.frameLengths.push([get.call(this).byteLength, converted.byteLength]);
      set.call(this, converted);
    },
  });
}
`;

export interface ByteRun {
  readonly bench: CallBench;
  readonly book: FigureBook;
  readonly kinds: readonly CallKind[];
  readonly extent: 'quick' | 'full';
}

/** On a server with the lab on: its tap in the media server shows what was forwarded. */
export async function measureBytes({ bench, book, kinds, extent }: ByteRun): Promise<void> {
  const stack = await startStack();
  try {
    for (const kind of kinds) {
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          book.add(kind, 0, await measureCall({ bench, stack, kind, measureMs: windowMs[extent] }));
          break;
        } catch (error) {
          if (attempt > 0)
            book.miss({ part: 'bytes', call: { ...kind, run: 0 }, reason: reasonOf(error) });
        }
      }
      console.error(`bytes: ${kind.mode} ${kind.topology}`);
    }
  } finally {
    await stack.stop();
  }
}

interface ByteCall {
  readonly bench: CallBench;
  readonly stack: Stack;
  readonly kind: CallKind;
  readonly measureMs: number;
}

function measureCall({ bench, stack, kind, measureMs }: ByteCall): Promise<Readings> {
  return bench.withCall({ ...kind, url: stack.url, prepare }, async ({ link, newcomer }) => {
    const before = await audioCounts(newcomer);
    await new Promise((resolve) => setTimeout(resolve, measureMs));
    const sent = countedBetween(before, await audioCounts(newcomer));
    if (sent.packetsSent < measureMs / 40) {
      throw new Error(`only ${sent.packetsSent} packets in ${measureMs} ms`);
    }
    const readings = new Map<Figure, number>([
      [byteFigures.payload, sent.payloadBytesSent / sent.packetsSent],
      [byteFigures.headers, sent.headerBytesSent / sent.packetsSent],
      [byteFigures.added, Math.max(0, ...(await addedBytes(newcomer)))],
    ]);
    const { packets } = await operatorView(stack, link);
    const lengths = [...packets.values()].flat().map(({ payload }) => payload.length);
    if (lengths.length > 0) {
      const { min, max } = summarize(lengths);
      readings.set(byteFigures.smallest, min);
      readings.set(byteFigures.largest, max);
    }
    return readings;
  });
}

async function prepare(context: BrowserContext): Promise<void> {
  await context.route(/\/assets\/crypto-worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: workerPrelude + (await response.text()) });
  });
}

/** Sealed minus plain, frame by frame. */
async function addedBytes(page: Page): Promise<number[]> {
  const added: number[] = [];
  for (const worker of page.workers()) {
    const lengths = await worker.evaluate(() => globalThis.frameLengths ?? []);
    added.push(...lengths.map(([plain, converted]) => converted - plain));
  }
  return added.filter((difference) => difference > 0);
}
