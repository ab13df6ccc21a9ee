/** Byte utilities. Big-endian unless named. */
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64, base64urlnopad } from '@scure/base';
import { KeyingError } from './errors.ts';

/** Lower-case hexadecimal to and from bytes; concatenation; UTF-8. From @noble/hashes. */
export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes };

/** Fills a fresh array of `length` bytes with random bytes. Passed in: this package has no source of its own. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * `length` zeros in memory that the engine neither moves nor copies. An array of up to 64 bytes stands inside V8's heap
 * unless it is made of a buffer: collecting garbage moves it, and asking for its buffer copies it out. Either leaves
 * bytes behind that nobody can wipe.
 */
export function pinnedBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** A copy as of `pinnedBytes`. */
export function pinnedCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = pinnedBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Compares in time that depends on the lengths only. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Base64 (RFC 4648 section 4), padded. */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/**
 * Strict base64 (RFC 4648 section 4): padded, no white space, canonical.
 * @throws KeyingError `malformed`
 */
export function fromBase64(text: string): Uint8Array {
  return decodeWith(base64, text);
}

/** URL-safe base64 without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** @throws KeyingError `malformed` */
export function fromBase64Url(text: string): Uint8Array {
  return decodeWith(base64urlnopad, text);
}

function decodeWith(coder: { decode(text: string): Uint8Array }, text: string): Uint8Array {
  try {
    return coder.decode(text);
  } catch (cause) {
    throw new KeyingError('malformed', 'not base64', { cause });
  }
}
