/**
 * AES-128-CTR and HMAC-SHA-256 in one WebAssembly instance that all keys of a worker share: whoever
 * uses it puts its key in first.
 */
import { unsafe } from '@noble/ciphers/aes.js';
import { aesCounterMode, aesRounds, roundKeyBytes } from './aes-code.ts';
import { bigEndian, i32, memoryCopy, memoryFill, repeatWhile } from './instructions.ts';
import { call, encodeModule, FunctionBuilder } from './module.ts';
import { copySwapped, sha256Compression, sha256Constants, sha256Start } from './sha256-code.ts';

/** As far as needed here: this package is written against no host's types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const hashBlockBytes = 64;
const digestBytes = 32;
const pageBytes = 65_536;
/** RFC 2104 section 2. */
const innerPad = 0x36;
const outerPad = 0x5c;

/** Addresses in the instance's memory: constants, what a frame needs, the key in use, the message. */
const constantsAt = 0;
const counterBlockAt = 256;
const stateAt = counterBlockAt + 16;
const digestAt = stateAt + digestBytes;
const outerBlockAt = digestAt + digestBytes;
const keyAt = outerBlockAt + hashBlockBytes;
const innerStateAt = keyAt + (aesRounds + 1) * roundKeyBytes;
const outerStateAt = innerStateAt + digestBytes;
const messageAt = outerStateAt + digestBytes;

/** Bit-sliced round keys and both SHA-256 states of HMAC: everything that is the same for all frames. */
const preparedKeyBytes = messageAt - keyAt;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly compress: (block: number) => void;
  readonly encrypt: (text: number, length: number) => void;
  readonly authenticate: (length: number) => void;
}

/** A key made ready for use; a secret as much as the key itself. */
export type PreparedKey = Uint8Array;

export class FrameCipher {
  readonly #exports: Exports;
  #bytes: Uint8Array;
  #keyInUse: PreparedKey | undefined;

  constructor() {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(encodeFrameCipher()));
    if (!isExports(instance.exports)) throw new TypeError('not the module of this file');
    this.#exports = instance.exports;
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    this.#bytes.set(new Uint8Array(sha256Constants.buffer), constantsAt);
    // FIPS 180-4 section 5.1.1: the outer hash is always over a key block and a digest.
    this.#bytes[outerBlockAt + digestBytes] = 0x80;
    new DataView(this.#bytes.buffer).setUint32(
      outerBlockAt + hashBlockBytes - 4,
      8 * (hashBlockBytes + digestBytes),
    );
  }

  /** @param encryptionKey 16 bytes; `authKey` at most 64. Both are read, not kept. */
  prepareKey(encryptionKey: Uint8Array, authKey: Uint8Array): PreparedKey {
    const prepared = new Uint8Array(preparedKeyBytes);
    writeBitSlicedKey(encryptionKey, prepared);
    prepared.set(this.#stateAfter(authKey, innerPad), innerStateAt - keyAt);
    prepared.set(this.#stateAfter(authKey, outerPad), outerStateAt - keyAt);
    this.#bytes.fill(0, stateAt, stateAt + digestBytes);
    return prepared;
  }

  use(key: PreparedKey): void {
    if (this.#keyInUse === key) return;
    this.#bytes.set(key, keyAt);
    this.#keyInUse = key;
  }

  /** Overwrites the key, here and where it came from, and what was last computed under any key. */
  wipe(key: PreparedKey): void {
    key.fill(0);
    this.#bytes.fill(0, counterBlockAt, outerBlockAt + digestBytes);
    this.#bytes.fill(0, keyAt);
    this.#keyInUse = undefined;
  }

  /**
   * The memory for a message of `length` bytes, to be filled by the caller. Valid until the next call.
   * Behind it is room for padding.
   */
  message(length: number): Uint8Array {
    const needed = messageAt + length + 2 * 128;
    if (needed > this.#bytes.length) {
      this.#exports.memory.grow(Math.ceil((needed - this.#bytes.length) / pageBytes));
      this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    }
    return this.#bytes.subarray(messageAt, messageAt + length);
  }

  /**
   * XORs the key stream into the last bytes of the message, from `offset` on.
   * @param nonce 12 bytes; the first counter block is nonce || 0x00000000.
   */
  encrypt(nonce: Uint8Array, offset: number, length: number): void {
    this.#bytes.set(nonce, counterBlockAt);
    this.#exports.encrypt(messageAt + offset, length);
  }

  /** @returns HMAC-SHA-256 of the first `length` bytes of the message, 32 bytes. Valid until the next call. */
  authenticate(length: number): Uint8Array {
    this.#exports.authenticate(length);
    return this.#bytes.subarray(digestAt, digestAt + digestBytes);
  }

  /** SHA-256's state after the padded key, which is the same for every message. Valid until the next call. */
  #stateAfter(key: Uint8Array, pad: number): Uint8Array {
    if (key.length > hashBlockBytes) throw new RangeError('HMAC key longer than a block');
    const block = this.message(hashBlockBytes);
    block.fill(pad);
    for (const [i, byte] of key.entries()) block[i] = byte ^ pad;
    this.#bytes.set(new Uint8Array(sha256Start.buffer), stateAt);
    this.#exports.compress(messageAt);
    block.fill(0);
    return this.#bytes.subarray(stateAt, stateAt + digestBytes);
  }
}

function isExports(exports: unknown): exports is Exports {
  return typeof exports === 'object' && exports !== null && 'authenticate' in exports;
}

function encodeFrameCipher(): Uint8Array {
  const compress = sha256Compression({ constants: constantsAt, state: stateAt });
  const encrypt = aesCounterMode({ roundKeys: keyAt, counterBlock: counterBlockAt });
  return encodeModule([compress, encrypt, hmac()]);
}

/** `authenticate(length)`: RFC 2104 over the message, from the two states of the key. */
function hmac(): FunctionBuilder {
  const code = new FunctionBuilder('authenticate', 1);
  const [length] = code.parameters;
  if (length === undefined) throw new TypeError('authenticate takes a length');
  const block = code.local('i32');
  const end = code.local('i32');
  const compress = 0;
  const bits = i32.shl(i32.add(length.get, i32.const(hashBlockBytes)), i32.const(3));
  return code.setBody(
    // FIPS 180-4 section 5.1.1: one bit, zeros, and the length in bits; longer messages than 2^29 there are none.
    block.set(i32.add(length.get, i32.const(messageAt))),
    end.set(i32.and(i32.add(length.get, i32.const(72)), i32.const(-64))),
    end.set(i32.add(end.get, i32.const(messageAt))),
    memoryFill(block.get, i32.const(0), i32.sub(end.get, block.get)),
    i32.store8(block.get, i32.const(0x80)),
    i32.store(i32.sub(end.get, i32.const(4)), bigEndian(bits)),
    memoryCopy(i32.const(stateAt), i32.const(innerStateAt), i32.const(digestBytes)),
    block.set(i32.const(messageAt)),
    repeatWhile(i32.ltU(block.get, end.get), [
      ...call(compress, block.get),
      ...block.set(i32.add(block.get, i32.const(hashBlockBytes))),
    ]),
    copySwapped(stateAt, outerBlockAt),
    memoryCopy(i32.const(stateAt), i32.const(outerStateAt), i32.const(digestBytes)),
    call(compress, i32.const(outerBlockAt)),
    copySwapped(stateAt, digestAt),
  );
}

/**
 * Round keys as `aes-code` adds them: bit p of every byte in vector p, the same for all blocks. From the
 * second on they carry the constant 0x63 that ends each S-box; MixColumns leaves it as it is.
 */
function writeBitSlicedKey(key: Uint8Array, target: Uint8Array): void {
  const words = unsafe.expandKeyLE(key);
  for (let round = 0; round <= aesRounds; round++) {
    for (let lane = 0; lane < 16; lane++) {
      const word = words[4 * round + Math.floor(lane / 4)] ?? 0;
      const byte = (word >>> (8 * (lane % 4))) ^ (round === 0 ? 0 : 0x63);
      for (let bit = 0; bit < 8; bit++) {
        target[roundKeyBytes * round + 16 * bit + lane] = -((byte >>> bit) & 1);
      }
    }
  }
  words.fill(0);
}
