/**
 * Key ids of one sender: RFC 9605 section 5.1.
 *
 *     <- 29 bits -> <-- 3 bits -->
 *     +------------+--------------+
 *     | generation | ratchet step |
 *     +------------+--------------+
 *
 * The step never wraps: after the last one the sender draws a fresh generation. So the KID carries
 * the whole step, and a receiver never has to guess how often to ratchet. With 3 bits the first
 * generation fits the header's config byte and the next 31 take one byte more.
 */

/** R of RFC 9605 section 5.1. */
export const ratchetBits = 3;
export const lastRatchetStep = 2 ** ratchetBits - 1;
/** 2^29 - 1: keeps a KID within 32 bits. */
export const lastGeneration = 2 ** (32 - ratchetBits) - 1;

export interface SenderKeyId {
  /** Counts base keys drawn, from 0. */
  readonly generation: number;
  /** Ratchet steps taken since, 0 to 7. */
  readonly step: number;
}

/** @throws RangeError for a generation or step out of range. */
export function encodeKeyId({ generation, step }: SenderKeyId): bigint {
  if (!isSenderKeyId({ generation, step })) throw new RangeError('key id out of range');
  return BigInt(generation * 2 ** ratchetBits + step);
}

/** undefined for a KID past 32 bits, which no sender of ours uses. */
export function decodeKeyId(kid: bigint): SenderKeyId | undefined {
  if (kid > 0xffffffffn) return undefined;
  const value = Number(kid);
  return { generation: Math.floor(value / 2 ** ratchetBits), step: value % 2 ** ratchetBits };
}

export function isSenderKeyId({ generation, step }: SenderKeyId): boolean {
  return isWithin(generation, lastGeneration) && isWithin(step, lastRatchetStep);
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
