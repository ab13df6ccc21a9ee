/**
 * GHASH (NIST SP 800-38D section 6.4) in 32-bit words, a byte at a time by a table per key. Node makes a
 * new cipher object for every GCM packet, which costs more than the packet's blocks. Its time depends
 * on what it hashes: for captures, whose key whoever reads them has.
 */

export const ghashBytes = 16;
const words = ghashBytes / 4;
/** x^128 + x^7 + x^2 + x + 1, the highest bit first. */
const reduction = 0xe100_0000;

/** What the eight bits that a step shifts out come back as: the first 16 bits of a block, by their value. */
const shiftedOut = Uint16Array.from({ length: 256 }, (_, byte) => {
  const block: [number, number, number, number] = [0, 0, 0, byte];
  for (let bit = 0; bit < 8; bit++) timesX(block);
  return block[0] >>> 16;
});

export class Ghash {
  /** The hash key times every byte, four words each. */
  readonly #table = new Int32Array(256 * words);
  readonly #state = new Int32Array(words);

  /** @param key H, 16 bytes */
  constructor(key: Uint8Array) {
    const table = this.#table;
    const product: [number, number, number, number] = [0, 0, 0, 0];
    for (let i = 0; i < words; i++) product[i] = wordAt(key, 4 * i);
    // The highest bit of a byte is its lowest power of x.
    for (let byte = 0x80; byte > 0; byte >>= 1) {
      table.set(product, byte * words);
      timesX(product);
    }
    for (let byte = 1; byte < 256; byte++) {
      const highest = 1 << (31 - Math.clz32(byte));
      const rest = byte - highest;
      if (rest === 0) continue;
      for (let i = 0; i < words; i++) {
        const ofHighest = table[highest * words + i] ?? 0;
        table[byte * words + i] = ofHighest ^ (table[rest * words + i] ?? 0);
      }
    }
  }

  /** Adds bytes, padded with zeros to whole blocks. */
  update(bytes: Uint8Array): void {
    const state = this.#state;
    for (let at = 0; at < bytes.length; at += ghashBytes) {
      for (let i = 0; i < words; i++) state[i] = (state[i] ?? 0) ^ wordAt(bytes, at + 4 * i);
      this.#timesKey();
    }
  }

  /** Adds the lengths, in bytes, and writes the hash; the next one begins. */
  finish(clearBytes: number, sealedBytes: number, hash: Uint8Array): void {
    const state = this.#state;
    // Packets are far shorter than 2^29 bytes, where the upper words begin to count.
    state[1] = (state[1] ?? 0) ^ (8 * clearBytes);
    state[3] = (state[3] ?? 0) ^ (8 * sealedBytes);
    this.#timesKey();
    for (let i = 0; i < ghashBytes; i++) hash[i] = (state[i >> 2] ?? 0) >>> (24 - 8 * (i & 3));
    state.fill(0);
  }

  /** Overwrites the key. Idempotent. */
  wipe(): void {
    this.#table.fill(0);
    this.#state.fill(0);
  }

  /** Horner's rule over the block's bytes, the last one first. */
  #timesKey(): void {
    const table = this.#table;
    const state = this.#state;
    let [z0, z1, z2, z3] = [0, 0, 0, 0];
    for (let word = words - 1; word >= 0; word--) {
      const factor = state[word] ?? 0;
      for (let shift = 0; shift < 32; shift += 8) {
        const at = ((factor >>> shift) & 0xff) * words;
        const out = shiftedOut[z3 & 0xff] ?? 0;
        z3 = ((z3 >>> 8) | (z2 << 24)) ^ (table[at + 3] ?? 0);
        z2 = ((z2 >>> 8) | (z1 << 24)) ^ (table[at + 2] ?? 0);
        z1 = ((z1 >>> 8) | (z0 << 24)) ^ (table[at + 1] ?? 0);
        z0 = (z0 >>> 8) ^ (out << 16) ^ (table[at] ?? 0);
      }
    }
    state[0] = z0;
    state[1] = z1;
    state[2] = z2;
    state[3] = z3;
  }
}

function timesX(block: [number, number, number, number]): void {
  const [first, second, third, fourth] = block;
  block[0] = (first >>> 1) ^ (fourth & 1 ? reduction : 0);
  block[1] = (second >>> 1) | (first << 31);
  block[2] = (third >>> 1) | (second << 31);
  block[3] = (fourth >>> 1) | (third << 31);
}

/** Big-endian, zeros beyond the end. */
function wordAt(bytes: Uint8Array, at: number): number {
  const byte = (offset: number): number => bytes[at + offset] ?? 0;
  return (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
}
