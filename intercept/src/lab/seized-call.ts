/**
 * A call whose server is seized while people talk and again after they have hung up: what is in the memory of its
 * processes, counted then and there, since an image of it would be a gigabyte.
 */
import { setImmediate as yieldToCall, setTimeout as pause } from 'node:timers/promises';
import { bytesIn, copiesOf } from '../recover/key-copies.ts';
import { keyWindowsIn } from '../recover/key-windows.ts';
import { trySrtpKeys } from '../recover/srtp-trial.ts';
import { drawnRandomness } from '../stage/drawn-randomness.ts';
import { childrenOf } from '../stage/process-tree.ts';
import type { Stack } from '../stage/stack.ts';
import { heapSnapshotOf, inspectorEnv } from '../tap/heap-snapshot.ts';
import { memoryOf } from '../tap/process-memory.ts';
import type { Cell } from './attack.ts';
import { LabError } from './lab-error.ts';
import { recordCall, type RecordedCall, type RecordedPerson } from './recorded-call.ts';
import { openWithOwnKeys, tappedMedia } from './recorded-media.ts';
import type { RunContext } from './run-context.ts';

type ProcessName = 'signaling' | 'media server';

export interface Seizure {
  /** `while talking`, `after 5 s` */
  readonly when: string;
  /** Negative while people talk. */
  readonly sinceEndS: number;
  readonly memories: readonly SeizedMemory[];
}

export interface SeizedMemory {
  readonly processName: ProcessName;
  readonly megabytes: number;
  /** Copies, by the place of the key in `keys`. */
  readonly ofKeys: readonly number[];
  readonly ofDecoys: readonly number[];
  /** What could be a key of the hop; looked for in the media server, which is where hops end. */
  readonly windows: readonly Uint8Array[];
}

/** Strings of the signaling process's heap, as its engine tells them. */
export interface SeizedHeap {
  readonly when: string;
  readonly megabytes: number;
  readonly strings: number;
  /** In how many strings a key is, by its place in `keys`. */
  readonly ofKeys: readonly number[];
  readonly ofDecoys: readonly number[];
}

export interface SeizedCall extends Pick<RecordedCall, 'people' | 'wire'> {
  readonly retention: 'on' | 'off';
  /** Under which what the people sent is authentic; none in `dtls`, whose keys no one but the browser knows. */
  readonly keys: readonly Uint8Array[];
  readonly seizures: readonly Seizure[];
  /** At the last seizure, after it: the process stands still meanwhile. */
  readonly heap: SeizedHeap;
}

export interface SeizedCallOptions {
  readonly cell: Cell;
  readonly retention: 'on' | 'off';
  /** Values that nobody has, looked for in the same way. */
  readonly decoys: readonly Uint8Array[];
  /** When people have hung up, and only time has to pass. */
  readonly onEnded?: () => void;
}

const secondsAfter = [0, 5, 20] as const;
/** RFC 4568 section 6.2 (AES-CM), RFC 9605 section 4.3 as Earshot uses it. */
const keyBytes: Partial<Record<Cell['mode'], number>> = { sdes: 30, e2ee: 32 };

/** @throws LabError `no-call`, `unavailable` where processes cannot be looked into */
export async function seizedCall(
  context: RunContext,
  { cell, retention, decoys, onEnded }: SeizedCallOptions,
): Promise<SeizedCall> {
  const stack = await context.startStack({
    env: { EARSHOT_RETAIN_KEYS: retention, ...inspectorEnv },
  });
  const length = keyBytes[cell.mode];
  const drawn: Uint8Array[] = [];
  const seizures: Seizure[] = [];
  const call = await recordCall(context, {
    cell,
    stack,
    whileTalking: async ({ people }) => {
      for (const { page } of people) {
        if (length !== undefined) drawn.push(...(await drawnRandomness(page, length)));
      }
      const memories = await memoriesOf(stack, { wanted: drawn, decoys });
      seizures.push({ when: 'while talking', sinceEndS: -1, memories });
    },
  });
  const endedAt = Date.now();
  onEnded?.();
  for (const seconds of secondsAfter) {
    await pause(Math.max(0, endedAt + seconds * 1000 - Date.now()), undefined, {
      signal: context.signal,
    });
    const sinceEndS = (Date.now() - endedAt) / 1000;
    const memories = await memoriesOf(stack, { wanted: drawn, decoys });
    seizures.push({ when: `after ${String(seconds)} s`, sinceEndS, memories });
  }
  const used = new Set(call.people.flatMap((person) => keysOf(call, person)));
  const isUsed = drawn.map((value) => used.has(hexOf(value)));
  const keys = drawn.filter((_, i) => isUsed[i]);
  return {
    people: call.people,
    wire: call.wire,
    retention,
    keys,
    seizures: seizures.map((seizure) => ({
      ...seizure,
      memories: seizure.memories.map((memory) => ({
        ...memory,
        ofKeys: memory.ofKeys.filter((_, i) => isUsed[i]),
      })),
    })),
    heap: await heapHolding(stack, { wanted: keys, decoys }),
  };
}

interface Wanted {
  readonly wanted: readonly Uint8Array[];
  readonly decoys: readonly Uint8Array[];
}

async function memoriesOf(stack: Stack, options: Wanted): Promise<SeizedMemory[]> {
  const { pid } = stack.process;
  const [worker] = pid === undefined ? [] : childrenOf(pid);
  if (pid === undefined || worker === undefined) {
    throw new LabError('unavailable', 'memory is read through Linux’s /proc');
  }
  return [
    await memoryHolding(pid, { processName: 'signaling', ...options }),
    await memoryHolding(worker, { processName: 'media server', ...options }),
  ];
}

async function memoryHolding(
  pid: number,
  { processName, wanted, decoys }: Wanted & Pick<SeizedMemory, 'processName'>,
): Promise<SeizedMemory> {
  const ofKeys = wanted.map(() => 0);
  const ofDecoys = decoys.map(() => 0);
  const windows = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const piece of memoryOf(pid)) {
    bytes += piece.length;
    // The call goes on meanwhile, and all of its messages and media pass this process.
    await yieldToCall();
    wanted.forEach((key, i) => (ofKeys[i] = (ofKeys[i] ?? 0) + bytesIn(key, piece)));
    decoys.forEach((key, i) => (ofDecoys[i] = (ofDecoys[i] ?? 0) + bytesIn(key, piece)));
    if (processName === 'signaling') continue;
    for (const window of keyWindowsIn(piece)) windows.set(hexOf(window), window);
  }
  return {
    processName,
    megabytes: Math.round(bytes / 2 ** 20),
    ofKeys,
    ofDecoys,
    windows: [...windows.values()],
  };
}

async function heapHolding(stack: Stack, { wanted, decoys }: Wanted): Promise<SeizedHeap> {
  const pid = stack.process.pid ?? 0;
  const { bytes, strings } = await heapSnapshotOf({ pid, output: stack.output });
  const stringsWith = async (key: Uint8Array): Promise<number> => {
    await yieldToCall();
    return strings.filter((text) => copiesOf(key, text) > 0).length;
  };
  return {
    when: `after ${String(secondsAfter.at(-1))} s`,
    megabytes: Math.round(bytes / 2 ** 20),
    strings: strings.length,
    ofKeys: await Promise.all(wanted.map(stringsWith)),
    ofDecoys: await Promise.all(decoys.map(stringsWith)),
  };
}

/** In hexadecimal. */
function keysOf(call: RecordedCall, person: RecordedPerson): string[] {
  const media = tappedMedia(call, person);
  switch (call.mode) {
    case 'dtls':
      return [];
    case 'e2ee':
      return openWithOwnKeys(media, person).keysUsed.map(hexOf);
    case 'sdes': {
      const packets = media.packets.slice(0, 1).map(({ payload }) => payload);
      const candidates = person.drawn.filter(({ length }) => length === keyBytes.sdes);
      return candidates.flatMap((key) =>
        trySrtpKeys({ packets, candidates: [key] }).line === undefined ? [] : [hexOf(key)],
      );
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
