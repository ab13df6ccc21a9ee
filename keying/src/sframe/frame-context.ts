/** Sealing and opening under one KID: RFC 9605 sections 4.4.3 and 4.4.4. */
import type { Outcome, Rejection } from '../errors.ts';
import { ReplayWindow } from '../replay-window.ts';
import type { Aead } from './aead.ts';
import { createAead } from './aead.ts';
import { encodeHeader } from './header.ts';
import type { ParsedFrameHeader } from './header.ts';
import { deriveFrameKeys } from './key-schedule.ts';
import { frameSuiteTable } from './suites.ts';
import type { FrameSuite } from './suites.ts';

/**
 * Frames one key may protect. Keeps the counter within 4 bytes and 32 bits: at 50 frames a second
 * 2.7 years, where a sender key lives ten minutes.
 */
export const frameCounterLimit = 2 ** 32;

export const replayWindowFrames = 1024;

export interface FrameContextOptions {
  readonly suite: FrameSuite;
  readonly kid: bigint;
  /** At least 16 bytes; read, not kept. */
  readonly baseKey: Uint8Array;
  /** Authenticated with every frame, not sent: see `frameMetadata`. */
  readonly metadata: Uint8Array;
}

export interface SealingContextOptions extends FrameContextOptions {
  /** Frames that may be sealed, at most `frameCounterLimit`. */
  readonly counterLimit?: number;
}

/** Salt, AAD and AEAD of one KID; everything that a frame does not change is computed once. */
class FrameKey {
  readonly aead: Aead;
  readonly #salt: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #metadata: Uint8Array;
  /** AAD buffers by header length, because header and metadata must be contiguous. */
  readonly #aad: (Uint8Array | undefined)[] = [];

  constructor({ suite, kid, baseKey, metadata }: FrameContextOptions) {
    const { key, salt } = deriveFrameKeys(suite, kid, baseKey);
    this.aead = createAead(suite, key);
    key.fill(0);
    this.#salt = salt;
    this.#nonce = salt.slice();
    this.#metadata = metadata.slice();
  }

  /** Valid until the next call: salt XOR counter. */
  nonceFor(counter: number): Uint8Array {
    const { length } = this.#salt;
    let rest = counter;
    for (let i = length - 1; i >= length - 4; i--) {
      this.#nonce[i] = (this.#salt[i] ?? 0) ^ rest;
      rest >>>= 8;
    }
    return this.#nonce;
  }

  /** Valid until the next call: header || metadata. */
  aadFor(header: Uint8Array): Uint8Array {
    let aad = this.#aad[header.length];
    if (aad === undefined) {
      aad = new Uint8Array(header.length + this.#metadata.length);
      aad.set(this.#metadata, header.length);
      this.#aad[header.length] = aad;
    }
    aad.set(header);
    return aad;
  }

  wipe(): void {
    this.aead.wipe();
    this.#salt.fill(0);
    this.#nonce.fill(0);
  }
}

/** Seals one sender's frames under one key. */
export class SealingContext {
  readonly #key: FrameKey;
  readonly #kid: bigint;
  readonly #tagBytes: number;
  readonly #limit: number;
  #next = 0;
  #isWiped = false;

  /** @throws RangeError for a counter limit past `frameCounterLimit`. */
  constructor(options: SealingContextOptions) {
    const limit = options.counterLimit ?? frameCounterLimit;
    if (!Number.isInteger(limit) || limit < 1 || limit > frameCounterLimit) {
      throw new RangeError('counter limit out of range');
    }
    this.#key = new FrameKey(options);
    this.#kid = options.kid;
    this.#tagBytes = frameSuiteTable[options.suite].tagBytes;
    this.#limit = limit;
  }

  /** Frames sealed, or begun: a counter once taken is never given again. */
  get framesSealed(): number {
    return this.#next;
  }

  seal(payload: Uint8Array): Outcome {
    if (this.#isWiped) return { ok: false, reason: 'no-key' };
    if (this.#next >= this.#limit) return { ok: false, reason: 'exhausted' };
    // Taken before anything can fail, so that no error makes two frames share a nonce.
    const counter = this.#next++;
    const header = encodeHeader({ kid: this.#kid, counter: BigInt(counter) });
    const frame = new Uint8Array(header.length + payload.length + this.#tagBytes);
    frame.set(header);
    this.#key.aead.seal(
      {
        nonce: this.#key.nonceFor(counter),
        aad: this.#key.aadFor(header),
        plaintext: payload,
      },
      frame.subarray(header.length),
    );
    return { ok: true, bytes: frame };
  }

  wipe(): void {
    this.#isWiped = true;
    this.#key.wipe();
  }
}

/** Opens one sender's frames under one key. */
export class OpeningContext {
  readonly #key: FrameKey;
  readonly #tagBytes: number;
  readonly #window = new ReplayWindow(replayWindowFrames);
  #opened = 0;

  constructor(options: FrameContextOptions) {
    this.#key = new FrameKey(options);
    this.#tagBytes = frameSuiteTable[options.suite].tagBytes;
  }

  /** Authentic frames so far. */
  get framesOpened(): number {
    return this.#opened;
  }

  /** @param header parsed from the start of `frame`; its KID has selected this context. */
  open(frame: Uint8Array, header: ParsedFrameHeader): Outcome {
    if (frame.length < header.length + this.#tagBytes) return rejected('malformed');
    // No sender of ours counts this far, and the window holds numbers.
    if (header.counter >= BigInt(frameCounterLimit)) return rejected('malformed');
    const counter = Number(header.counter);
    // Before the tag, because it is cheaper; the window moves only once the tag has verified.
    const verdict = this.#window.check(counter);
    if (verdict !== 'ok') return rejected(verdict);
    const plaintext = this.#key.aead.open({
      nonce: this.#key.nonceFor(counter),
      aad: this.#key.aadFor(frame.subarray(0, header.length)),
      sealed: frame.subarray(header.length),
    });
    if (plaintext === undefined) return rejected('auth');
    this.#window.accept(counter);
    this.#opened++;
    return { ok: true, bytes: plaintext };
  }

  wipe(): void {
    this.#key.wipe();
  }
}

function rejected(reason: Rejection): Outcome {
  return { ok: false, reason };
}
