/** Reading and writing of the handshake's binary messages. Big-endian. */
import { concatBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';

/** Two bytes, big-endian. */
export function uint16(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError('not 16 bits');
  return Uint8Array.of(value >> 8, value & 0xff);
}

/**
 * Printable ASCII after a one-byte length: ids and modes are no more than that, and have no second
 * spelling then.
 */
export function shortText(text: string): Uint8Array {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (text.length > 0xff || !isPrintable(text)) {
    throw new RangeError('not printable ASCII of at most 255 characters');
  }
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}

function isPrintable(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

/** Reads fields in order and refuses what is cut off. Fields are copies. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws KeyingError `malformed`; so do the readers below. */
  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new KeyingError('malformed', 'message is cut off');
    const field = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return field;
  }

  uint8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  uint16(): number {
    const [high = 0, low = 0] = this.bytes(2);
    return high * 256 + low;
  }

  shortText(): string {
    const text = String.fromCharCode(...this.bytes(this.uint8()));
    if (!isPrintable(text)) throw new KeyingError('malformed', 'text is not printable ASCII');
    return text;
  }

  end(): void {
    if (!this.isAtEnd) throw new KeyingError('malformed', 'bytes after the message');
  }
}
