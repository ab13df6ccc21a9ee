/** Bytes one after the other, from memory or from a file of any size: captures are never read whole. */
import { closeSync, openSync, readSync } from 'node:fs';

/** What a capture is read through. Nothing is looked at twice, so that a pipe will do. */
export interface ByteSource {
  /** Bytes passed so far. */
  readonly offset: number;
  /**
   * @param count at most `longestTakeBytes`.
   * @returns the next `count` bytes, valid until the next call; undefined if there are not as many,
   * and then nothing is passed.
   */
  take(count: number): Buffer | undefined;
  /** Passes over bytes without keeping them. @returns false if the end came first. */
  skip(count: number): boolean;
  close(): void;
}

/** Longer than any packet a capture may hold: libpcap's MAXIMUM_SNAPLEN, 262,144, and a block around it. */
const longestTakeBytes = 2 ** 19;
const bufferBytes = 2 ** 20;

/** @throws Error of the file system, with its `code`. */
export function openFileSource(path: string): ByteSource {
  const file = openSync(path, 'r');
  return createSource({
    read: (into) => readSync(file, into),
    close: () => closeSync(file),
  });
}

export function memorySource(bytes: Uint8Array): ByteSource {
  let at = 0;
  return createSource({
    read: (into) => {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return part.length;
    },
    close: () => undefined,
  });
}

function createSource(input: {
  /** Fills the start of `into`. @returns how many bytes; 0 at the end. */
  readonly read: (into: Buffer) => number;
  readonly close: () => void;
}): ByteSource {
  // Not cleared: only what was read into it is handed out.
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let start = 0;
  let end = 0;
  let offset = 0;
  const pass = (count: number): void => {
    start += count;
    offset += count;
  };
  const fill = (count: number): boolean => {
    if (end - start >= count) return true;
    buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    while (end < count) {
      const got = input.read(buffer.subarray(end));
      if (got === 0) return false;
      end += got;
    }
    return true;
  };
  return {
    get offset() {
      return offset;
    },
    take(count) {
      if (count > longestTakeBytes) throw new RangeError(`${count} bytes at once`);
      if (!fill(count)) return undefined;
      const taken = buffer.subarray(start, start + count);
      pass(count);
      return taken;
    },
    skip(count) {
      for (let left = count; left > 0;) {
        if (!fill(1)) return false;
        const step = Math.min(left, end - start);
        pass(step);
        left -= step;
      }
      return true;
    },
    close: input.close,
  };
}
