/** How many frames one core protects in a second, and opens again, with the product's own code. */
import { randomBytes } from 'node:crypto';
import { topologies, type KeyingMode } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import { cryptoSuites, keyAndSaltBytes } from '@earshot/keying/sdes';
import {
  defaultFrameSuite,
  frameSuiteTable,
  OpeningContext,
  parseHeader,
  SealingContext,
} from '@earshot/keying/sframe';
import { createSrtpReceiver, createSrtpSender, serializeRtpPacket } from '@earshot/keying/srtp';
import type { Figure, FigureBook } from './figures.ts';
import { rotated } from './statistics.ts';

const rate = {
  group: 'ciphers',
  unit: 'frames per second',
  digits: 0,
  versus: 'difference',
} as const;

const frameFigures = {
  protect: { ...rate, id: 'frames-protected', title: 'Frames that one core protects' },
  open: { ...rate, id: 'frames-opened', title: 'Frames that one core opens' },
} as const satisfies Record<string, Figure>;

/** 20 ms of Opus at 32 kbit/s. */
const payloadBytes = 80;
const framesPerRun = 10_000;
/** As long as a call's: see `frameMetadata`. */
const metadataBytes = 32;

interface Rates {
  readonly protectPerS: number;
  readonly openPerS: number;
}

/** Of `dtls` there is none: its packets are protected by the browser itself, in every mode alike. */
const ways: Readonly<Partial<Record<KeyingMode, (payloads: readonly Uint8Array[]) => Rates>>> = {
  sdes: srtpRates,
  e2ee: sframeRates,
};

export interface FrameRun {
  readonly book: FigureBook;
  readonly modes: readonly KeyingMode[];
  readonly runs: number;
}

export function measureFrames({ book, modes, runs }: FrameRun): void {
  const payloads = Array.from({ length: framesPerRun }, () => randomBytes(payloadBytes));
  // The first run of this arithmetic is slower: the engine compiles it meanwhile.
  for (const measure of Object.values(ways)) measure(payloads);
  for (let run = 0; run < runs; run++) {
    for (const mode of rotated(modes, run)) {
      const rates = ways[mode]?.(payloads);
      if (rates === undefined) continue;
      for (const topology of topologies) {
        book.add(
          { mode, topology },
          run,
          new Map<Figure, number>([
            [frameFigures.protect, rates.protectPerS],
            [frameFigures.open, rates.openPerS],
          ]),
        );
      }
    }
  }
}

function sframeRates(payloads: readonly Uint8Array[]): Rates {
  const key = {
    suite: defaultFrameSuite,
    kid: 8n,
    baseKey: new Uint8Array(randomBytes(frameSuiteTable[defaultFrameSuite].hashBytes)),
    metadata: new Uint8Array(randomBytes(metadataBytes)),
  };
  const sealing = new SealingContext(key);
  const opening = new OpeningContext(key);
  return timed(payloads, {
    protect: (payload) => sealing.seal(payload),
    open: (frame) => {
      const header = parseHeader(frame);
      return header !== undefined && opening.open(frame, header).ok;
    },
  });
}

/** The RTP packet around the frame is part of it, as in the product. */
function srtpRates(payloads: readonly Uint8Array[]): Rates {
  const [suite] = cryptoSuites;
  const keyAndSalt = Secret.take(new Uint8Array(randomBytes(keyAndSaltBytes(suite))));
  const sender = createSrtpSender({ suite, key: { keyAndSalt } });
  const receiver = createSrtpReceiver({ suite, keys: [{ keyAndSalt }] });
  return timed(payloads, {
    protect: (payload, sequenceNumber) =>
      sender.protect(
        serializeRtpPacket({
          ...{ payloadType: 111, sequenceNumber, timestamp: 960 * sequenceNumber, ssrc: 1 },
          payload,
        }),
      ),
    open: (packet) => receiver.unprotect(packet).ok,
  });
}

interface Way {
  readonly protect: (
    payload: Uint8Array,
    place: number,
  ) => { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false };
  readonly open: (frame: Uint8Array) => boolean;
}

/** @throws Error if a frame was not protected or not opened: then nothing was measured. */
function timed(payloads: readonly Uint8Array[], { protect, open }: Way): Rates {
  const frames: Uint8Array[] = [];
  let opened = 0;
  const startMs = performance.now();
  for (const [place, payload] of payloads.entries()) {
    const outcome = protect(payload, place);
    if (outcome.ok) frames.push(outcome.bytes);
  }
  const protectedMs = performance.now();
  for (const frame of frames) if (open(frame)) opened++;
  const openedMs = performance.now();
  if (opened !== payloads.length) throw new Error(`${opened} of ${payloads.length} frames opened`);
  return {
    protectPerS: (1000 * payloads.length) / (protectedMs - startMs),
    openPerS: (1000 * payloads.length) / (openedMs - protectedMs),
  };
}
