/** Bytes per audio packet and mode: what the browser says it sent, and what the server forwarded. */
import { operatorView } from '@earshot/intercept/stage/operator';
import { keyingModes, topologies } from '@earshot/keying/mode';
import type { BrowserContext, Page } from '@playwright/test';
import type { CallBench, CallKind } from './calls.ts';
import type { Bar, PartReport } from './report.ts';
import { summarize, type Summary } from './statistics.ts';

declare global {
  /** In the page: put there by `prepare`. */
  var openConnections: RTCPeerConnection[] | undefined;
  /** In the crypto worker: put there by `workerPrelude`. */
  var frameLengths: [plain: number, converted: number][] | undefined;
}

/** A sealed frame against the plain one. */
const addedBytesAtMost = 14;

interface Measured extends CallKind {
  /** Mean RTP payload of the packets sent, by `outbound-rtp` (W3C webrtc-stats). */
  readonly payloadBytes: number;
  /** RTP headers and padding, the same way. */
  readonly headerBytes: number;
  /** Payload of the packets that the media server forwarded; undefined in direct calls. */
  readonly tapped: Summary | undefined;
  /** Sealed minus plain, frame by frame, in the crypto worker; undefined where there is none. */
  readonly added: Summary | undefined;
}

/**
 * In front of the crypto worker's code: notes the length of every frame before and after its
 * transform. Only what the worker makes longer is sealed; what it makes shorter is opened.
 */
const workerPrelude = `{
  const Native = TransformStream;
  self.frameLengths = [];
  self.TransformStream = class extends Native {
    constructor(transformer) {
      super({
        transform(frame, controller) {
          const before = frame.data.byteLength;
          transformer.transform(frame, {
            enqueue(converted) {
              self.frameLengths.push([before, converted.data.byteLength]);
              controller.enqueue(converted);
            },
          });
        },
      });
    }
  };
}
`;

export async function measureBytes(bench: CallBench, windowMs: number): Promise<PartReport> {
  const measured: Measured[] = [];
  for (const topology of topologies) {
    for (const mode of keyingModes) {
      measured.push(await measureCall(bench, { mode, topology }, windowMs));
      console.error(`bytes: ${mode} ${topology}`);
    }
  }
  return toReport(measured);
}

async function measureCall(bench: CallBench, kind: CallKind, windowMs: number): Promise<Measured> {
  return bench.withCall(
    kind,
    async ({ link, host, newcomer }) => {
      const before = await sentBy(newcomer);
      await new Promise((resolve) => setTimeout(resolve, windowMs));
      const after = await sentBy(newcomer);
      const packets = after.packets - before.packets;
      if (packets < windowMs / 40) throw new Error(`only ${packets} packets in ${windowMs} ms`);
      const added = (await frameLengthsOf(newcomer))
        .map(([plain, converted]) => converted - plain)
        .filter((bytes) => bytes > 0);
      const { packets: tapped } = await operatorView(bench.stack, link);
      const lengths = [...tapped.values()].flat().map(({ payload }) => payload.length);
      await host.getByTestId('hang-up').click();
      return {
        ...kind,
        payloadBytes: (after.payload - before.payload) / packets,
        headerBytes: (after.header - before.header) / packets,
        tapped: lengths.length === 0 ? undefined : summarize(lengths),
        added: added.length === 0 ? undefined : summarize(added),
      };
    },
    prepare,
  );
}

function toReport(measured: readonly Measured[]): PartReport {
  const bars: Bar[] = measured
    .filter(({ mode }) => mode === 'e2ee')
    .map(({ topology, added }) => ({
      text: `${topology}: sealed minus plain, largest frame`,
      value: added?.max ?? Number.NaN,
      atMost: addedBytesAtMost,
    }));
  return {
    title: 'Bytes per audio packet',
    header: [
      'call',
      'payload, mean',
      'headers',
      'forwarded, median (min to max)',
      'added per frame',
    ],
    rows: measured.map(({ mode, topology, payloadBytes, headerBytes, tapped, added }) => [
      `${topology} ${mode}`,
      payloadBytes.toFixed(1),
      headerBytes.toFixed(1),
      tapped === undefined ? 'none' : `${tapped.median} (${tapped.min} to ${tapped.max})`,
      added === undefined ? '0' : `${added.median} (${added.min} to ${added.max})`,
    ]),
    bars,
    data: measured,
  };
}

async function prepare(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Native = RTCPeerConnection;
    const open: RTCPeerConnection[] = [];
    Object.assign(globalThis, {
      openConnections: open,
      RTCPeerConnection: class extends Native {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          open.push(this);
        }
      },
    });
  });
  await context.route(/\/assets\/crypto-worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: workerPrelude + (await response.text()) });
  });
}

interface Sent {
  readonly packets: number;
  readonly payload: number;
  readonly header: number;
}

function sentBy(page: Page): Promise<Sent> {
  return page.evaluate(async () => {
    const total = { packets: 0, payload: 0, header: 0 };
    const isSent = (stats: object): stats is RTCOutboundRtpStreamStats =>
      'type' in stats && stats.type === 'outbound-rtp';
    for (const connection of globalThis.openConnections ?? []) {
      const reports: Iterable<object> = (await connection.getStats()).values();
      for (const stats of reports) {
        if (!isSent(stats)) continue;
        total.packets += stats.packetsSent ?? 0;
        total.payload += stats.bytesSent ?? 0;
        total.header += stats.headerBytesSent ?? 0;
      }
    }
    return total;
  });
}

async function frameLengthsOf(page: Page): Promise<[plain: number, converted: number][]> {
  const lengths: [number, number][] = [];
  for (const worker of page.workers()) {
    lengths.push(...(await worker.evaluate(() => globalThis.frameLengths ?? [])));
  }
  return lengths;
}
