import {
  frameSuites,
  frameSuiteTable,
  OpeningContext,
  parseHeader,
  SealingContext,
  type FrameSuite,
} from '@earshot/keying/sframe';
import { NobleContext } from '../../src/noble-sframe.ts';
import { WebCryptoContext } from '../../src/webcrypto-sframe.ts';
import type { RunTimes, Subject } from './subject.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** As long as a call's: see `frameMetadata`. */
const metadataBytes = 32;

export function sframeSubjects(): Subject[] {
  return frameSuites.flatMap((suite): Subject[] => [
    {
      protocol: 'sframe',
      suite,
      implementation: 'product',
      run: (payloads) => runProduct(suite, payloads),
    },
    ...nobleSubjects(suite),
    {
      protocol: 'sframe',
      suite,
      implementation: 'webcrypto',
      run: (payloads) => runWebCrypto(suite, payloads, 1),
    },
    {
      protocol: 'sframe',
      suite,
      implementation: 'webcrypto-20',
      run: (payloads) => runWebCrypto(suite, payloads, 20),
    },
  ]);
}

/** The product has the other suites on @noble anyway. */
function nobleSubjects(suite: FrameSuite): Subject[] {
  if (frameSuiteTable[suite].aead !== 'aes-ctr-hmac') return [];
  const run = (payloads: readonly Bytes[]): RunTimes => runNoble(suite, payloads);
  return [{ protocol: 'sframe', suite, implementation: 'noble', run }];
}

function freshKey(suite: FrameSuite): {
  suite: FrameSuite;
  kid: bigint;
  baseKey: Bytes;
  metadata: Bytes;
} {
  const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
  const baseKey = random(frameSuiteTable[suite].hashBytes);
  return { suite, kid: 8n, baseKey, metadata: random(metadataBytes) };
}

function runProduct(suite: FrameSuite, payloads: readonly Bytes[]): RunTimes {
  const key = freshKey(suite);
  const sealing = new SealingContext(key);
  const opening = new OpeningContext(key);
  const frames: Uint8Array[] = [];
  const startMs = performance.now();
  for (const payload of payloads) {
    const outcome = sealing.seal(payload);
    if (outcome.ok) frames.push(outcome.bytes);
  }
  const sealedMs = performance.now();
  for (const frame of frames) {
    const header = parseHeader(frame);
    if (header !== undefined) opening.open(frame, header);
  }
  const openedMs = performance.now();
  requireAll(opening.framesOpened, payloads.length);
  return { protectMs: sealedMs - startMs, unprotectMs: openedMs - sealedMs };
}

function runNoble(suite: FrameSuite, payloads: readonly Bytes[]): RunTimes {
  const context = new NobleContext(freshKey(suite));
  const startMs = performance.now();
  const frames = payloads.map((payload) => context.seal(payload));
  const sealedMs = performance.now();
  const opened = frames.map((frame) => context.open(frame));
  const openedMs = performance.now();
  requireAll(opened.filter((payload) => payload !== undefined).length, payloads.length);
  return { protectMs: sealedMs - startMs, unprotectMs: openedMs - sealedMs };
}

async function runWebCrypto(
  suite: FrameSuite,
  payloads: readonly Bytes[],
  atOnce: number,
): Promise<RunTimes> {
  const context = await WebCryptoContext.create(freshKey(suite));
  const startMs = performance.now();
  const frames = await inGroups(payloads, atOnce, (payload) => context.seal(payload));
  const sealedMs = performance.now();
  const opened = await inGroups(frames, atOnce, (frame) => context.open(frame));
  const openedMs = performance.now();
  requireAll(opened.filter((payload) => payload !== undefined).length, payloads.length);
  return { protectMs: sealedMs - startMs, unprotectMs: openedMs - sealedMs };
}

async function inGroups<T, R>(
  items: readonly T[],
  size: number,
  convert: (item: T) => Promise<R>,
): Promise<R[]> {
  const converted: R[] = [];
  for (let at = 0; at < items.length; at += size) {
    converted.push(...(await Promise.all(items.slice(at, at + size).map(convert))));
  }
  return converted;
}

function requireAll(opened: number, sealed: number): void {
  if (opened !== sealed) throw new Error(`${opened} of ${sealed} frames opened`);
}
