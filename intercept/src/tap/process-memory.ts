/** Memory of a running process, as somebody has it who seized the machine. Linux: /proc (proc(5)). */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { TapError } from './operator-listener.ts';

/** Larger ones are read in pieces that overlap by as much as a key takes, in whatever form. */
const pieceBytes = 1024 * 1024;
const untouched = Buffer.alloc(pieceBytes);
const overlapBytes = 128;

/**
 * What the process can write to, piece by piece, without what was never written to; each buffer is valid until the
 * next is asked for.
 * @throws TapError `refused`: no such process, not ours to read, or not Linux
 */
export function* memoryOf(pid: number): Generator<Buffer> {
  const folder = `/proc/${String(pid)}`;
  let memory: number;
  let maps: string;
  try {
    maps = readFileSync(`${folder}/maps`, 'utf8');
    memory = openSync(`${folder}/mem`, 'r');
  } catch (cause) {
    throw new TapError('refused', `the memory of process ${String(pid)}`, { cause });
  }
  try {
    const buffer = Buffer.alloc(pieceBytes);
    for (const [start, end] of writableRegions(maps)) {
      for (let at = start; at < end; at += BigInt(pieceBytes - overlapBytes)) {
        const wanted = end - at < pieceBytes ? Number(end - at) : pieceBytes;
        const read = readAt(memory, { buffer, at, wanted });
        if (read === 0) break;
        const piece = buffer.subarray(0, read);
        if (!piece.equals(untouched.subarray(0, read))) yield piece;
      }
    }
  } finally {
    closeSync(memory);
  }
}

/** `start-end perms ...`, in hexadecimal. */
function writableRegions(maps: string): [bigint, bigint][] {
  return [...maps.matchAll(/^([\da-f]+)-([\da-f]+) rw/gm)].map(([, start = '0', end = '0']) => [
    BigInt(`0x${start}`),
    BigInt(`0x${end}`),
  ]);
}

function readAt(
  file: number,
  piece: { readonly buffer: Buffer; readonly at: bigint; readonly wanted: number },
): number {
  try {
    return readSync(file, piece.buffer, {
      length: piece.wanted,
      position: piece.at,
    });
  } catch {
    // Unmapped since, or never backed by memory.
    return 0;
  }
}
