/**
 * Key ids of one sender: RFC 9605 section 5.1.
 *
 *     <------ 5 bits ------> <-- 3 bits -->
 *     +---------------------+--------------+
 *     | generation modulo 32| ratchet step |
 *     +---------------------+--------------+
 *
 * The generation is cut to its lowest bits, as section 5.2 cuts the epoch: a KID never takes more
 * than the one byte, however long the call. Whoever holds keys holds none that are 32 generations
 * apart, so a KID names one key. The step never wraps: after the last one the sender draws a fresh
 * generation. So a receiver never has to guess how often to ratchet.
 */

/** R of RFC 9605 section 5.1. */
export const ratchetBits = 3;
export const lastRatchetStep = 2 ** ratchetBits - 1;
/** Generations that a KID tells apart. Two keys this far apart are never held together. */
export const generationWindow = 32;
/** Of the number in envelopes, which is not cut: far more than a call can draw. */
export const lastGeneration = 2 ** 31 - 1;

export interface SenderKeyId {
  /** Counts base keys drawn, from 0. */
  readonly generation: number;
  /** Ratchet steps taken since, 0 to 7. */
  readonly step: number;
}

/** @throws RangeError for a generation or step out of range. */
export function encodeKeyId({ generation, step }: SenderKeyId): bigint {
  if (!isSenderKeyId({ generation, step })) throw new RangeError('key id out of range');
  return BigInt((generation % generationWindow) * 2 ** ratchetBits + step);
}

/**
 * The step, and the generation modulo 32.
 * @returns undefined for a KID past one byte, which no sender of ours uses.
 */
export function decodeKeyId(kid: bigint): SenderKeyId | undefined {
  if (kid >= BigInt(generationWindow * 2 ** ratchetBits)) return undefined;
  const value = Number(kid);
  return { generation: Math.floor(value / 2 ** ratchetBits), step: value % 2 ** ratchetBits };
}

export function isSenderKeyId({ generation, step }: SenderKeyId): boolean {
  return isWithin(generation, lastGeneration) && isWithin(step, lastRatchetStep);
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
