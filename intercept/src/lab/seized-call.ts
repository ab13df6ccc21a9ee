/**
 * A call whose server is seized while people talk and again after they have hung up: what is in the memory of its
 * processes, counted then and there, since an image of it would be a gigabyte.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { trySrtpKeys } from '../recover/srtp-trial.ts';
import { drawnRandomness } from '../stage/drawn-randomness.ts';
import type { Cell } from './attack.ts';
import { recordCall, type RecordedCall, type RecordedPerson } from './recorded-call.ts';
import { openWithOwnKeys, tappedMedia } from './recorded-media.ts';
import { inspectorEnv } from '../tap/heap-snapshot.ts';
import type { RunContext } from './run-context.ts';
import { heapHolding, memoriesOf, type SeizedHeap, type SeizedMemory } from './seized-memory.ts';

export interface Seizure {
  /** `while talking`, `after 5 s` */
  readonly when: string;
  /** Negative while people talk. */
  readonly sinceEndS: number;
  readonly memories: readonly SeizedMemory[];
}

export interface SeizedCall extends Pick<RecordedCall, 'people' | 'wire'> {
  readonly retention: 'on' | 'off';
  /** Under which what the people sent is authentic; none in `dtls`, whose keys no one but the browser knows. */
  readonly keys: readonly Uint8Array[];
  readonly seizures: readonly Seizure[];
  /** At the last seizure, after it: the process stands still meanwhile. */
  readonly heap: SeizedHeap & { readonly when: string };
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
      const memories = await memoriesOf(stack.process, { wanted: drawn, decoys });
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
    const memories = await memoriesOf(stack.process, { wanted: drawn, decoys });
    seizures.push({ when: `after ${String(seconds)} s`, sinceEndS, memories });
  }
  const used = new Set(
    (await Promise.all(call.people.map((person) => keysOf(call, person)))).flat(),
  );
  const isUsed = drawn.map((value) => used.has(hexOf(value)));
  const keys = drawn.filter((_, i) => isUsed[i]);
  return {
    people: call.people,
    wire: call.wire,
    retention,
    keys,
    heap: {
      when: `after ${String(secondsAfter.at(-1))} s`,
      ...(await heapHolding(stack, { wanted: keys, decoys })),
    },
    seizures: seizures.map((seizure) => ({
      ...seizure,
      memories: seizure.memories.map((memory) => ({
        ...memory,
        ofKeys: memory.ofKeys.filter((_, i) => isUsed[i]),
      })),
    })),
  };
}

/** Of what a person drew, under what the packets that they sent are authentic; in hexadecimal. */
export async function keysOf(call: RecordedCall, person: RecordedPerson): Promise<string[]> {
  const media = tappedMedia(call, person);
  switch (call.mode) {
    case 'dtls':
      return [];
    case 'e2ee':
      return openWithOwnKeys(media, person).keysUsed.map(hexOf);
    case 'sdes': {
      const packets = media.packets.slice(0, 1).map(({ payload }) => payload);
      const candidates = person.drawn.filter(({ length }) => length === keyBytes.sdes);
      const keys: string[] = [];
      for (const key of candidates) {
        const { line } = await trySrtpKeys({ packets, candidates: [key] });
        if (line !== undefined) keys.push(hexOf(key));
      }
      return keys;
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
