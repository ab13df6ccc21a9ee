/** Repeatable bytes for tests: xorshift32. Not random, and never in shipped code. */
export function seededRandom(seed: number): (length: number) => Uint8Array {
  let state = seed | 0 || 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}
