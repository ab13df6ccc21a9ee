/** When to try a dropped socket again. Pure: time and chance are passed in. */

const firstDelayMs = 250;
const longestDelayMs = 4000;
/** Each delay is spread over its upper half, so that the clients of a restarted server do not return at one moment. */
const jitterShare = 0.5;

/**
 * @param attempt 0 for the first try after a drop, which is made at once.
 * @param chance from 0 (inclusive) to 1 (exclusive).
 */
export function reconnectDelayMs(attempt: number, chance: number): number {
  if (attempt === 0) return 0;
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
  return delayMs * (1 - jitterShare * chance);
}
