import { unsafe } from '@noble/ciphers/aes.js';

/** AES block. */
export const blockBytes = 16;
/** RFC 3711 section 4.1.1: at most 2^16 blocks of keystream per packet. */
export const maxKeystreamBytes = 2 ** 16 * blockBytes;

/**
 * AES in counter mode as SRTP uses it (RFC 3711 section 4.1.1): block j is E(k, IV + j mod 2^128).
 * The key schedule is expanded once. `unsafe` is the library's name for its block functions, which
 * want aligned buffers and change them in place; both are seen to here.
 */
export class AesCounterMode {
  readonly #schedule: Uint32Array;
  readonly #counter = new Uint8Array(blockBytes);

  /** @param key 16, 24 or 32 bytes; the caller still owns and wipes it. */
  constructor(key: Uint8Array) {
    this.#schedule = unsafe.expandKeyLE(key);
  }

  /**
   * XORs the keystream that starts at `iv` into a copy of `data`.
   * @throws RangeError for more than 2^16 blocks.
   */
  crypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length > maxKeystreamBytes) throw new RangeError('more than 2^16 blocks under one IV');
    // A copy of our own is aligned to words whatever the packet's offset is.
    const result = new Uint8Array(data.length);
    result.set(data);
    this.#counter.set(iv);
    unsafe.ctrCounter(this.#schedule, this.#counter, result, result);
    return result;
  }

  wipe(): void {
    this.#schedule.fill(0);
    this.#counter.fill(0);
  }
}
