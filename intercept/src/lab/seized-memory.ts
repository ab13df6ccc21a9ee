/** What is in the memory of a server's processes, counted while they run. */
import type { ChildProcess } from 'node:child_process';
import { setImmediate as yieldToCall } from 'node:timers/promises';
import { bytesIn, copiesOf } from '../recover/key-copies.ts';
import { keyWindowsIn } from '../recover/key-windows.ts';
import { childrenOf } from '../stage/process-tree.ts';
import type { Stack } from '../stage/stack.ts';
import { heapSnapshotOf } from '../tap/heap-snapshot.ts';
import { memoryOf } from '../tap/process-memory.ts';
import { LabError } from './lab-error.ts';

type ProcessName = 'signaling' | 'media server';

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
  readonly megabytes: number;
  readonly strings: number;
  /** In how many strings a key is, by its place in `keys`. */
  readonly ofKeys: readonly number[];
  readonly ofDecoys: readonly number[];
}

export interface Wanted {
  /** Keys, say. */
  readonly wanted: readonly Uint8Array[];
  /** Values that nobody has. */
  readonly decoys: readonly Uint8Array[];
}

/**
 * @param server  whose one child is its media server
 * @throws LabError `unavailable` where processes cannot be looked into
 */
export async function memoriesOf(server: ChildProcess, options: Wanted): Promise<SeizedMemory[]> {
  const { pid } = server;
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
    for (const window of keyWindowsIn(piece))
      windows.set(Buffer.from(window).toString('latin1'), window);
  }
  return {
    processName,
    megabytes: Math.round(bytes / 2 ** 20),
    ofKeys,
    ofDecoys,
    windows: [...windows.values()],
  };
}

/** @throws LabError as `heapSnapshotOf` */
export async function heapHolding(
  { process: { pid = 0 }, output }: Pick<Stack, 'process' | 'output'>,
  { wanted, decoys }: Wanted,
): Promise<SeizedHeap> {
  const { bytes, strings } = await heapSnapshotOf({ pid, output });
  const stringsWith = async (key: Uint8Array): Promise<number> => {
    await yieldToCall();
    return strings.filter((text) => copiesOf(key, text) > 0).length;
  };
  return {
    megabytes: Math.round(bytes / 2 ** 20),
    strings: strings.length,
    ofKeys: await Promise.all(wanted.map(stringsWith)),
    ofDecoys: await Promise.all(decoys.map(stringsWith)),
  };
}
