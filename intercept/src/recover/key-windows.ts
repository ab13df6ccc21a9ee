/** Places in a memory image that could be keys: as long as one, and as mixed as random bytes are. */

/** What allocators align to, on 64-bit machines at least. */
const alignmentBytes = 8;
/** 32 random bytes have 30 different values on average, and fewer than this once in 76,000 times. */
const leastDifferent = 24;

/** AES-256: the session keys of SRTP_AEAD_AES_256_GCM (RFC 7714 section 14.2), which browsers and mediasoup agree on. */
const windowBytes = 32;

/** Copies of each window that passes; each value once. */
export function keyWindowsIn(memory: Uint8Array): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  /** The last window in which a value was seen, by value. */
  const seenIn = new Uint32Array(256);
  for (let at = 0, window = 1; at + windowBytes <= memory.length; at += alignmentBytes, window++) {
    let different = 0;
    for (let i = at; i < at + windowBytes; i++) {
      const value = memory[i] ?? 0;
      if (seenIn[value] === window) continue;
      seenIn[value] = window;
      different++;
    }
    if (different < leastDifferent) continue;
    const bytes = Buffer.from(memory.subarray(at, at + windowBytes));
    found.set(bytes.toString('latin1'), bytes);
  }
  return [...found.values()];
}
