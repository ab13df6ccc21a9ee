/** HMAC (RFC 2104) and HKDF (RFC 5869). All that comes of a key on the way is pinned, and wiped at the end. */
import type { sha256, sha512 } from '@noble/hashes/sha2.js';
import { pinnedBytes } from './bytes.ts';

export type Hash = typeof sha256 | typeof sha512;

/** RFC 2104 section 2. */
const innerPad = 0x36;
const outerPad = 0x5c;

/**
 * @param key lent, as are the parts of the message.
 * @returns as many bytes as the hash has; the caller wipes them.
 */
export function hmac(hash: Hash, key: Uint8Array, ...message: readonly Uint8Array[]): Uint8Array {
  const block = pinnedBytes(hash.blockLen);
  const digest = pinnedBytes(hash.outputLen);
  if (key.length > hash.blockLen) hashInto(hash, [key], block);
  else block.set(key);
  xorAll(block, innerPad);
  hashInto(hash, [block, ...message], digest);
  xorAll(block, innerPad ^ outerPad);
  hashInto(hash, [block, digest], digest);
  block.fill(0);
  return digest;
}

/** RFC 5869 section 2.2. The caller wipes the result. */
export function extract(hash: Hash, keyMaterial: Uint8Array, salt: Uint8Array): Uint8Array {
  return hmac(hash, salt, keyMaterial);
}

/**
 * RFC 5869 section 2.3. The caller wipes the result.
 * @throws RangeError for more than 255 times the hash's length.
 */
export function expand(
  hash: Hash,
  key: Uint8Array,
  { info, length }: { readonly info: Uint8Array; readonly length: number },
): Uint8Array {
  const { outputLen } = hash;
  if (length > 255 * outputLen) throw new RangeError('more than HKDF can give');
  const output = pinnedBytes(length);
  let block: Uint8Array = pinnedBytes(0);
  for (let at = 0, counter = 1; at < length; at += outputLen, counter++) {
    const next = hmac(hash, key, block, info, Uint8Array.of(counter));
    output.set(next.subarray(0, length - at), at);
    block.fill(0);
    block = next;
  }
  block.fill(0);
  return output;
}

function hashInto(hash: Hash, parts: readonly Uint8Array[], digest: Uint8Array): void {
  const state = hash.create();
  for (const part of parts) state.update(part);
  state.digestInto(digest);
  state.destroy();
}

function xorAll(bytes: Uint8Array, pad: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ pad;
}
