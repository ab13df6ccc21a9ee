/**
 * Two texts sealed with one keystream: the XOR of the ciphertexts is the XOR of the texts, so whoever knows one
 * of them has the other, without any key (RFC 3711 section 9.1).
 */

/** One protected frame without header and tag. */
export interface StreamSealed {
  readonly ciphertext: Uint8Array;
  /** 32 bits, of the RTP clock. */
  readonly timestamp: number;
}

export interface KnownFrame extends StreamSealed {
  readonly plaintext: Uint8Array;
}

export interface XorFrame {
  readonly timestamp: number;
  /** What the unknown text is if the keystream was the same. As long as the shorter of the two. */
  readonly payload: Uint8Array;
}

/** Frame by frame, in the order given. */
export function openByXor(
  known: readonly KnownFrame[],
  unknown: readonly StreamSealed[],
): XorFrame[] {
  return unknown.flatMap(({ ciphertext, timestamp }, i) => {
    const other = known[i];
    if (other === undefined) return [];
    const length = Math.min(ciphertext.length, other.ciphertext.length, other.plaintext.length);
    const payload = Uint8Array.from(
      { length },
      (_, at) => (ciphertext[at] ?? 0) ^ (other.ciphertext[at] ?? 0) ^ (other.plaintext[at] ?? 0),
    );
    return [{ timestamp, payload }];
  });
}
