/** The byte order and the interfaces of a pcapng section (draft-ietf-opsawg-pcapng sections 4.1 and 4.2). */

const byteOrderMagic = 0x1a2b3c4d;

export class ByteOrder {
  readonly #isLittle: boolean;

  private constructor(isLittle: boolean) {
    this.#isLittle = isLittle;
  }

  /** @param magic four bytes. @returns undefined if they are not the magic in either order. */
  static of(magic: Buffer): ByteOrder | undefined {
    if (magic.readUInt32LE(0) === byteOrderMagic) return new ByteOrder(true);
    if (magic.readUInt32BE(0) === byteOrderMagic) return new ByteOrder(false);
    return undefined;
  }

  u16(bytes: Buffer, offset: number): number {
    return this.#isLittle ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
  }

  u32(bytes: Buffer, offset: number): number {
    return this.#isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
  }

  i64(bytes: Buffer, offset: number): number {
    return Number(this.#isLittle ? bytes.readBigInt64LE(offset) : bytes.readBigInt64BE(offset));
  }
}

export interface CaptureInterface {
  readonly linkType: number;
  /** Bytes kept of each packet. */
  readonly snapBytes: number;
  readonly usPerTick: number;
  readonly offsetUs: number;
}

const optionCodes = { end: 0, timestampResolution: 9, timestampOffset: 14 } as const;

/**
 *     link type (2)  reserved (2)  snap length (4)  options
 *     option: code (2)  length (2)  value, padded to four bytes
 *
 * @returns undefined if the block is too short.
 */
export function parseInterface(body: Buffer, order: ByteOrder): CaptureInterface | undefined {
  if (body.length < 8) return undefined;
  // Section 4.2: 0 is no limit.
  const snapBytes = order.u32(body, 4) || Infinity;
  let usPerTick = 1;
  let offsetUs = 0;
  for (let at = 8; at + 4 <= body.length;) {
    const code = order.u16(body, at);
    const length = order.u16(body, at + 2);
    const value = body.subarray(at + 4, at + 4 + length);
    if (code === optionCodes.end || value.length < length) break;
    if (code === optionCodes.timestampResolution && length === 1) {
      usPerTick = usPerTickOf(value[0] ?? 0);
    }
    if (code === optionCodes.timestampOffset && length === 8) {
      offsetUs = order.i64(value, 0) * 1e6;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: order.u16(body, 0), snapBytes, usPerTick, offsetUs };
}

/** Section 4.2: a negative power of 10, or of 2 if the highest bit is set. */
function usPerTickOf(resolution: number): number {
  const exponent = resolution & 0x7f;
  return 1e6 * ((resolution & 0x80) === 0 ? 10 ** -exponent : 2 ** -exponent);
}
