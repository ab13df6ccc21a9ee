/**
 * SFrame's AES-CTR suites (RFC 9605) on @noble, to be compared with the product's implementation in
 * WebAssembly. No part of the product: it has no replay window and no ratchet. AES's key schedule and
 * the two HMAC states after their key block are kept, as they do not change with frames.
 */
import { equalConstantTime } from '@earshot/keying/bytes';
import { encodeHeader, frameSuiteTable, parseHeader } from '@earshot/keying/sframe';
import type { FrameContextOptions, FrameSuiteRow } from '@earshot/keying/sframe';
import { deriveFrameKeys } from '@earshot/keying/sframe/key-schedule';
import { unsafe } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';

const blockBytes = 16;
const nonceBytes = 12;
/** Three 8-byte lengths. */
const lengthsBytes = 24;
const hmacBlockBytes = 64;
/** RFC 2104 section 2. */
const innerPad = 0x36;
const outerPad = 0x5c;

export class NobleContext {
  readonly #kid: bigint;
  readonly #tagBytes: number;
  readonly #aead: CachedCtrHmac;
  readonly #salt: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #metadata: Uint8Array;
  #aad = new Uint8Array();
  #next = 0;

  constructor({ suite, kid, baseKey, metadata }: FrameContextOptions) {
    const row = frameSuiteTable[suite];
    const { key, salt } = deriveFrameKeys(suite, kid, baseKey);
    this.#kid = kid;
    this.#tagBytes = row.tagBytes;
    this.#aead = new CachedCtrHmac(row, key);
    this.#salt = salt;
    this.#nonce = salt.slice();
    this.#metadata = metadata;
  }

  seal(payload: Uint8Array): Uint8Array {
    const counter = this.#next++;
    const header = encodeHeader({ kid: this.#kid, counter: BigInt(counter) });
    const frame = new Uint8Array(header.length + payload.length + this.#tagBytes);
    frame.set(header);
    this.#aead.seal(this.#inputOf(counter, header, payload), frame.subarray(header.length));
    return frame;
  }

  open(frame: Uint8Array): Uint8Array | undefined {
    const header = parseHeader(frame);
    if (header?.kid !== this.#kid) return undefined;
    const { counter, length } = header;
    return this.#aead.open(
      this.#inputOf(Number(counter), frame.subarray(0, length), frame.subarray(length)),
    );
  }

  #inputOf(counter: number, header: Uint8Array, text: Uint8Array): AeadInput {
    for (let i = nonceBytes - 1, rest = counter; i >= nonceBytes - 4; i--, rest >>>= 8) {
      this.#nonce[i] = (this.#salt[i] ?? 0) ^ rest;
    }
    if (this.#aad.length !== header.length + this.#metadata.length) {
      this.#aad = new Uint8Array(header.length + this.#metadata.length);
      this.#aad.set(this.#metadata, header.length);
    }
    this.#aad.set(header);
    return { nonce: this.#nonce, aad: this.#aad, text };
  }
}

interface AeadInput {
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  /** Plaintext, or ciphertext followed by the tag. */
  readonly text: Uint8Array;
}

class CachedCtrHmac {
  readonly #tagBytes: number;
  readonly #schedule: Uint32Array;
  readonly #inner: Sha256;
  readonly #outer: Sha256;
  /** Working copy of `#inner` and then `#outer`, overwritten for every tag. */
  readonly #work: Sha256;
  readonly #digest = new Uint8Array(32);
  #scratch = new Uint8Array(512);

  constructor(row: FrameSuiteRow, key: Uint8Array) {
    this.#tagBytes = row.tagBytes;
    this.#schedule = unsafe.expandKeyLE(key.subarray(0, row.encryptionKeyBytes));
    const authKey = key.subarray(row.encryptionKeyBytes);
    this.#inner = hmacState(authKey, innerPad);
    this.#outer = hmacState(authKey, outerPad);
    this.#work = sha256.create();
  }

  seal({ nonce, aad, text: plaintext }: AeadInput, out: Uint8Array): void {
    const textBytes = plaintext.length;
    requireLength(out, textBytes + this.#tagBytes);
    out.set(plaintext);
    const ciphertext = out.subarray(0, textBytes);
    this.#applyKeystream(nonce, ciphertext);
    this.#computeTag(nonce, aad, ciphertext);
    for (let i = 0; i < this.#tagBytes; i++) out[textBytes + i] = this.#digest[i] ?? 0;
  }

  open({ nonce, aad, text: sealed }: AeadInput): Uint8Array | undefined {
    const textBytes = sealed.length - this.#tagBytes;
    if (textBytes < 0) return undefined;
    const ciphertext = sealed.subarray(0, textBytes);
    this.#computeTag(nonce, aad, ciphertext);
    const tag = this.#digest.subarray(0, this.#tagBytes);
    if (!equalConstantTime(tag, sealed.subarray(textBytes))) return undefined;
    const plaintext = ciphertext.slice();
    this.#applyKeystream(nonce, plaintext);
    return plaintext;
  }

  /** XORs AES-CTR's key stream into `data`; the initial counter block is nonce || 0x00000000. */
  #applyKeystream(nonce: Uint8Array, data: Uint8Array): void {
    // @noble's words are little-endian whatever the machine's order.
    const n0 = littleEndianWord(nonce, 0);
    const n1 = littleEndianWord(nonce, 4);
    const n2 = littleEndianWord(nonce, 8);
    for (let offset = 0, block = 0; offset < data.length; offset += blockBytes, block++) {
      const counter = swapBytes(block);
      const { s0, s1, s2, s3 } = unsafe.encrypt(this.#schedule, n0, n1, n2, counter);
      xorWord(data, offset, s0);
      xorWord(data, offset + 4, s1);
      xorWord(data, offset + 8, s2);
      xorWord(data, offset + 12, s3);
    }
  }

  /** Leaves the whole HMAC in `#digest`. */
  #computeTag(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): void {
    requireLength(nonce, nonceBytes);
    const aadAt = lengthsBytes + nonceBytes;
    const total = aadAt + aad.length + ciphertext.length;
    if (this.#scratch.length < total) this.#scratch = new Uint8Array(2 * total);
    const scratch = this.#scratch;
    writeLength(scratch, 0, aad.length);
    writeLength(scratch, 8, ciphertext.length);
    writeLength(scratch, 16, this.#tagBytes);
    scratch.set(nonce, lengthsBytes);
    scratch.set(aad, aadAt);
    scratch.set(ciphertext, aadAt + aad.length);
    const work = this.#work;
    this.#inner._cloneInto(work).update(scratch.subarray(0, total)).digestInto(this.#digest);
    this.#outer._cloneInto(work).update(this.#digest).digestInto(this.#digest);
  }
}

type Sha256 = ReturnType<typeof sha256.create>;

/** SHA-256 after the padded key block, which is the same for every frame. */
function hmacState(key: Uint8Array, pad: number): Sha256 {
  const block = new Uint8Array(hmacBlockBytes);
  block.set(key);
  for (let i = 0; i < block.length; i++) block[i] = (block[i] ?? 0) ^ pad;
  const state = sha256.create().update(block);
  block.fill(0);
  return state;
}

function littleEndianWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function swapBytes(word: number): number {
  return (
    ((word & 0xff) << 24) |
    ((word & 0xff00) << 8) |
    ((word >>> 8) & 0xff00) |
    ((word >>> 24) & 0xff)
  );
}

/** Writes past the end of a typed array are ignored, which cuts the last block to size. */
function xorWord(data: Uint8Array, at: number, word: number): void {
  data[at] = (data[at] ?? 0) ^ word;
  data[at + 1] = (data[at + 1] ?? 0) ^ (word >>> 8);
  data[at + 2] = (data[at + 2] ?? 0) ^ (word >>> 16);
  data[at + 3] = (data[at + 3] ?? 0) ^ (word >>> 24);
}

/** 8 bytes, big-endian; frames are far below 2^32 bytes. */
function writeLength(target: Uint8Array, at: number, length: number): void {
  target.fill(0, at, at + 4);
  target[at + 4] = length >>> 24;
  target[at + 5] = length >>> 16;
  target[at + 6] = length >>> 8;
  target[at + 7] = length;
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new RangeError(`expected ${length} bytes, got ${bytes.length}`);
}
