/**
 * SFrame header: RFC 9605 section 4.3.
 *
 *      0 1 2 3 4 5 6 7
 *     +-+-----+-+-----+----------------+----------------+
 *     |X|  K  |Y|  C  | KID, if X: K+1 | CTR, if Y: C+1 |   big-endian, shortest form only
 *     +-+-----+-+-----+----------------+----------------+
 */

export interface FrameHeader {
  /** Key id, 0 to 2^64 - 1. */
  readonly kid: bigint;
  /** Counter, 0 to 2^64 - 1. */
  readonly counter: bigint;
}

export interface ParsedFrameHeader extends FrameHeader {
  /** Length of the header in bytes, 1 to 17. */
  readonly length: number;
}

/** Largest value that the config byte itself carries. */
const inlineMax = 7n;
const fieldMax = (1n << 64n) - 1n;
/** Six bytes: up to here numbers are exact, and far faster than bigints, which every frame feels. */
const exactMax = (1n << 48n) - 1n;
const extendedFlag = 0b1000;

/** @throws RangeError outside 0 to 2^64 - 1. */
export function encodeHeader(header: FrameHeader): Uint8Array {
  const kidBytes = fieldBytes(header.kid);
  const counterBytes = fieldBytes(header.counter);
  const bytes = new Uint8Array(1 + kidBytes + counterBytes);
  bytes[0] = (configNibble(header.kid, kidBytes) << 4) | configNibble(header.counter, counterBytes);
  writeField(bytes, 1, { value: header.kid, length: kidBytes });
  writeField(bytes, 1 + kidBytes, { value: header.counter, length: counterBytes });
  return bytes;
}

/**
 * Reads the header at the start of `frame`.
 * @returns undefined for one that is cut off or not in its shortest form: with two encodings of
 * one value, an attacker could rewrite a header without changing its meaning.
 */
export function parseHeader(frame: Uint8Array): ParsedFrameHeader | undefined {
  const config = frame[0];
  if (config === undefined) return undefined;
  const kidNibble = config >> 4;
  const counterNibble = config & 0b1111;
  const kidBytes = extendedBytes(kidNibble);
  const counterBytes = extendedBytes(counterNibble);
  const length = 1 + kidBytes + counterBytes;
  if (frame.length < length) return undefined;
  const kid = kidBytes === 0 ? BigInt(kidNibble) : readField(frame, 1, kidBytes);
  const counter =
    counterBytes === 0 ? BigInt(counterNibble) : readField(frame, 1 + kidBytes, counterBytes);
  if (fieldBytes(kid) !== kidBytes || fieldBytes(counter) !== counterBytes) return undefined;
  return { kid, counter, length };
}

/** Bytes after the config byte that the shortest form of `value` takes: 0 to 8. */
function fieldBytes(value: bigint): number {
  if (value < 0n || value > fieldMax) throw new RangeError('header field out of range');
  if (value <= inlineMax) return 0;
  if (value > exactMax) return value > 0xff_ffff_ffff_ffffn ? 8 : 7;
  let bytes = 0;
  for (let rest = Number(value); rest >= 1; rest /= 256) bytes++;
  return bytes;
}

function configNibble(value: bigint, bytes: number): number {
  return bytes === 0 ? Number(value) : extendedFlag | (bytes - 1);
}

function extendedBytes(nibble: number): number {
  return (nibble & extendedFlag) === 0 ? 0 : (nibble & 0b111) + 1;
}

function writeField(target: Uint8Array, offset: number, { value, length }: Field): void {
  let wide = value;
  let at = offset + length - 1;
  for (; wide > exactMax; at--) {
    target[at] = Number(wide & 0xffn);
    wide >>= 8n;
  }
  for (let rest = Number(wide); at >= offset; at--) {
    target[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

interface Field {
  readonly value: bigint;
  readonly length: number;
}

function readField(bytes: Uint8Array, offset: number, length: number): bigint {
  const exact = Math.min(length, 6);
  let value = 0;
  for (let i = 0; i < exact; i++) value = value * 256 + (bytes[offset + i] ?? 0);
  let wide = BigInt(value);
  for (let i = exact; i < length; i++) wide = (wide << 8n) | BigInt(bytes[offset + i] ?? 0);
  return wide;
}
