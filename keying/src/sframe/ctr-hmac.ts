/**
 * AES-CTR with HMAC, encrypt-then-MAC: RFC 9605 section 4.5.1.
 *
 *     tag = HMAC(auth_key, len(aad) || len(ct) || Nt || nonce || aad || ct)[..Nt]
 *
 * Every voice frame passes here. What is authenticated is put together where WebAssembly reads it, and
 * encrypted and decrypted in place there.
 */
import { equalConstantTime } from '../bytes.ts';
import { FrameCipher, type PreparedKey } from '../web-assembly/frame-cipher.ts';
import type { Aead, OpenInput, SealInput } from './aead.ts';
import type { FrameSuiteRow } from './suites.ts';

const nonceBytes = 12;
/** Three 8-byte lengths. */
const lengthsBytes = 24;
const aadAt = lengthsBytes + nonceBytes;

export function createCtrHmac(row: FrameSuiteRow, key: Uint8Array): Aead {
  return new CtrHmac(row, key);
}

let sharedCipher: FrameCipher | undefined;

class CtrHmac implements Aead {
  readonly #tagBytes: number;
  readonly #cipher: FrameCipher;
  readonly #key: PreparedKey;

  constructor(row: FrameSuiteRow, key: Uint8Array) {
    this.#tagBytes = row.tagBytes;
    this.#cipher = sharedCipher ??= new FrameCipher();
    this.#key = this.#cipher.prepareKey(
      key.subarray(0, row.encryptionKeyBytes),
      key.subarray(row.encryptionKeyBytes),
    );
  }

  seal({ nonce, aad, plaintext }: SealInput, out: Uint8Array): void {
    const textBytes = plaintext.length;
    requireLength(out, textBytes + this.#tagBytes);
    const message = this.#messageOf({ nonce, aad, text: plaintext });
    const textAt = aadAt + aad.length;
    this.#cipher.encrypt(nonce, textAt, textBytes);
    out.set(message.subarray(textAt));
    out.set(this.#tagOf(message), textBytes);
  }

  open({ nonce, aad, sealed }: OpenInput): Uint8Array | undefined {
    const textBytes = sealed.length - this.#tagBytes;
    if (textBytes < 0) return undefined;
    const message = this.#messageOf({ nonce, aad, text: sealed.subarray(0, textBytes) });
    if (!equalConstantTime(this.#tagOf(message), sealed.subarray(textBytes))) return undefined;
    const textAt = aadAt + aad.length;
    this.#cipher.encrypt(nonce, textAt, textBytes);
    return message.slice(textAt);
  }

  wipe(): void {
    this.#cipher.wipe(this.#key);
  }

  /** Puts key and message where the cipher works. Valid until the next frame. */
  #messageOf({ nonce, aad, text }: Message): Uint8Array {
    requireLength(nonce, nonceBytes);
    this.#cipher.use(this.#key);
    const message = this.#cipher.message(aadAt + aad.length + text.length);
    writeLength(message, 0, aad.length);
    writeLength(message, 8, text.length);
    writeLength(message, 16, this.#tagBytes);
    message.set(nonce, lengthsBytes);
    message.set(aad, aadAt);
    message.set(text, aadAt + aad.length);
    return message;
  }

  #tagOf(message: Uint8Array): Uint8Array {
    return this.#cipher.authenticate(message.length).subarray(0, this.#tagBytes);
  }
}

interface Message {
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly text: Uint8Array;
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
