/**
 * One ciphertext for two listeners: frames sealed with AES-GCM that are authentic under two keys at once, and
 * under each play something else ("invisible salamanders", Dodis, Grubbs, Ristenpart, Woodage, CRYPTO 2018).
 *
 * A sender gives one listener the first key and another the second. Each frame is speech for one of them:
 *
 *     for whom it is  TOC, code 3 | count 1, padded | padding length | Opus frame | padding ...  last block
 *     for the other   TOC, code 1, of an even length: RFC 6716 section 3.2.3 makes it no Opus packet, not played
 *
 * The last block lies within the padding, which no decoder looks at: it is chosen so that the tags agree.
 */
import { createCipheriv } from 'node:crypto';
import { concatBytes } from '@earshot/keying/bytes';
import { encodeHeader, type FrameSuite } from '@earshot/keying/sframe';
import { deriveFrameKeys } from '@earshot/keying/sframe/key-schedule';
import { fromElement, ghash, inverse, multiply, toElement, type FieldElement } from './ghash.ts';

export const splitSuite = 'AES_128_GCM_SHA256_128' satisfies FrameSuite;

const blockBytes = 16;
/** RFC 6716 section 3.1: the lowest two bits of the TOC. */
const codeMask = 0b11;
const codeTwoEqualFrames = 1;
const codeAnyFrames = 3;
/** Section 3.2.5: one frame, constant bitrate, padded. */
const oneFrame = 0x01;
const onePaddedFrame = 0x41;
const opusHeaderBytes = 3;
/** Counters tried for one frame: one in four does. */
const mostCounters = 1000;

export interface SplitSealerOptions {
  /** 32 bytes each. */
  readonly baseKeys: readonly [Uint8Array, Uint8Array];
  readonly kid: bigint;
  /** See `frameMetadata`. */
  readonly metadata: Uint8Array;
}

/** Which of the two keys a frame is speech under. */
export type Listener = 0 | 1;

export class SplitSealer {
  readonly #views: readonly [View, View];
  readonly #kid: bigint;
  readonly #metadata: Uint8Array;
  /** 1 / (H1^2 + H2^2): the last block of the ciphertext counts with the square. */
  readonly #factor: FieldElement;
  #counter = 0n;

  constructor({ baseKeys, kid, metadata }: SplitSealerOptions) {
    this.#kid = kid;
    this.#metadata = metadata;
    this.#views = [new View(kid, baseKeys[0]), new View(kid, baseKeys[1])];
    const [first, second] = this.#views;
    this.#factor = inverse(multiply(first.h, first.h) ^ multiply(second.h, second.h));
  }

  /**
   * @param opus one packet with one frame (RFC 6716 section 3.2.2), of at most some 200 bytes
   * @throws RangeError for another packet
   */
  seal(opus: Uint8Array, listener: Listener): Uint8Array {
    const plaintext = padded(opus);
    const [heard, other] =
      listener === 0 ? this.#views : ([this.#views[1], this.#views[0]] as const);
    for (let tries = 0; tries < mostCounters; tries++) {
      const counter = this.#counter++;
      const ciphertext = xor(plaintext, heard.streamAt(counter, plaintext.length).keystream);
      const [toc = 0] = xor(ciphertext, other.streamAt(counter, 1).keystream);
      if ((toc & codeMask) === codeTwoEqualFrames) return this.#finish(counter, ciphertext);
    }
    throw new RangeError('no counter makes this frame unplayable for the other');
  }

  /** Sets the last block so that one tag is right under both keys. */
  #finish(counter: bigint, ciphertext: Uint8Array): Uint8Array {
    const header = encodeHeader({ kid: this.#kid, counter });
    const aad = concatBytes(header, this.#metadata);
    const lastBlock = ciphertext.length - blockBytes;
    ciphertext.fill(0, lastBlock);
    const sums = this.#views.map(
      (view) => ghash(view.h, { aad, ciphertext }) ^ view.streamAt(counter, 0).mask,
    );
    const [first = 0n, second = 0n] = sums;
    const block = multiply(first ^ second, this.#factor);
    ciphertext.set(fromElement(block), lastBlock);
    const { h } = this.#views[0];
    const tag = first ^ multiply(block, multiply(h, h));
    return concatBytes(header, ciphertext, fromElement(tag));
  }
}

/** AES-GCM under one of the keys, taken apart. */
class View {
  /** The key of GHASH. */
  readonly h: FieldElement;
  readonly #key: Uint8Array;
  readonly #salt: Uint8Array;

  constructor(kid: bigint, baseKey: Uint8Array) {
    const { key, salt } = deriveFrameKeys(splitSuite, kid, baseKey);
    this.#key = key;
    this.#salt = salt;
    this.h = toElement(createCipheriv('aes-128-ecb', key, null).update(new Uint8Array(blockBytes)));
  }

  /** NIST SP 800-38D section 7.1: the first block masks the tag, the next ones the text. */
  streamAt(counter: bigint, length: number): { mask: FieldElement; keystream: Uint8Array } {
    const nonce = Buffer.from(this.#salt);
    // RFC 9605 section 4.4.3: salt XOR counter.
    const last = nonce.length - 8;
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(last) ^ counter, last);
    const firstBlock = Buffer.concat([nonce, Uint8Array.of(0, 0, 0, 1)]);
    const stream = createCipheriv('aes-128-ctr', this.#key, firstBlock).update(
      new Uint8Array(blockBytes + length),
    );
    return {
      mask: toElement(stream),
      keystream: new Uint8Array(stream.subarray(blockBytes)),
    };
  }
}

/** The packet as code 3 with padding that holds a whole block at its end. Of an even length. */
function padded(opus: Uint8Array): Uint8Array {
  const frame = onlyFrameOf(opus);
  const used = opusHeaderBytes + frame.length;
  const length = (Math.ceil(used / blockBytes) + 1) * blockBytes;
  const packet = new Uint8Array(length);
  packet.set([(opus[0] ?? 0) | codeAnyFrames, onePaddedFrame, length - used]);
  packet.set(frame, opusHeaderBytes);
  return packet;
}

/** Without the padding that an encoder at a constant rate adds. */
function onlyFrameOf(opus: Uint8Array): Uint8Array {
  const [toc = 0, count = 0, paddingBytes = 0] = opus;
  if ((toc & codeMask) === 0) return opus.subarray(1);
  if ((toc & codeMask) === codeAnyFrames) {
    if (count === oneFrame) return opus.subarray(opusHeaderBytes - 1);
    // 255 would say that more bytes of the length follow.
    const isPadded = count === onePaddedFrame && paddingBytes < 255;
    if (isPadded) return opus.subarray(opusHeaderBytes, opus.length - paddingBytes);
  }
  throw new RangeError('not one Opus frame');
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from(b, (byte, i) => byte ^ (a[i] ?? 0));
}
