/**
 * One ciphertext, sealed with AES-CTR and HMAC, and two keys under which it has the same tag. HMAC gives no
 * way to compute such keys; what is left is to draw them until two agree, which takes about 2^(bits / 2).
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { concatBytes } from '@earshot/keying/bytes';
import { encodeHeader, frameSuiteTable, type FrameSuite } from '@earshot/keying/sframe';

export interface TagCollisionOptions {
  /** A CTR suite of RFC 9605. */
  readonly suite: FrameSuite;
  readonly kid: bigint;
  readonly metadata: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** Leading bits of the tag that are to agree. */
  readonly bits: readonly number[];
  readonly mostKeys: number;
}

export interface TagCollision {
  readonly bits: number;
  /** Keys drawn until two agreed in so many bits. */
  readonly keysDrawn: number;
  readonly baseKeys: readonly [Uint8Array, Uint8Array];
}

export interface TagCollisions {
  /** For the numbers of bits for which there was one, in the order asked for. */
  readonly collisions: readonly TagCollision[];
  readonly keysDrawn: number;
  readonly frameOf: (baseKey: Uint8Array) => Uint8Array;
}

const baseKeyBytes = 32;
const counter = 0n;

/** Ends when all numbers of bits have been found, or `mostKeys` drawn. */
export function drawTagCollisions(options: TagCollisionOptions): TagCollisions {
  const tags = new FrameTags(options);
  const open = new Map(options.bits.map((bits) => [bits, new Map<string, Uint8Array>()]));
  const found = new Map<number, TagCollision>();
  let keysDrawn = 0;
  while (open.size > 0 && keysDrawn < options.mostKeys) {
    keysDrawn++;
    const baseKey = new Uint8Array(randomBytes(baseKeyBytes));
    const tag = tags.tagUnder(baseKey);
    for (const [bits, seen] of open) {
      const start = leading(tag, bits);
      const other = seen.get(start);
      if (other === undefined) seen.set(start, baseKey);
      else {
        found.set(bits, { bits, keysDrawn, baseKeys: [other, baseKey] });
        open.delete(bits);
      }
    }
  }
  return {
    collisions: [...found.values()].sort((a, b) => a.bits - b.bits),
    keysDrawn,
    frameOf: (baseKey) => tags.frameUnder(baseKey),
  };
}

/** RFC 9605 sections 4.4.2 and 4.5.1, for as many keys a second as this machine gives. */
class FrameTags {
  readonly #options: TagCollisionOptions;
  readonly #header: Uint8Array;
  readonly #authenticated: Uint8Array;
  readonly #suffix: Uint8Array;

  constructor(options: TagCollisionOptions) {
    this.#options = options;
    const { kid, metadata, ciphertext, suite } = options;
    const row = frameSuiteTable[suite];
    if (row.aead !== 'aes-ctr-hmac') throw new RangeError(`${suite} has no HMAC`);
    this.#header = encodeHeader({ kid, counter });
    const aad = concatBytes(this.#header, metadata);
    const lengths = Buffer.alloc(24);
    [aad.length, ciphertext.length, row.tagBytes].forEach((length, i) => {
      lengths.writeBigUInt64BE(BigInt(length), 8 * i);
    });
    this.#authenticated = concatBytes(new Uint8Array(lengths), new Uint8Array(12), aad, ciphertext);
    const suffix = Buffer.alloc(10);
    suffix.writeBigUInt64BE(kid);
    suffix.writeUInt16BE(row.id, 8);
    this.#suffix = new Uint8Array(suffix);
  }

  /** All 32 bytes of the HMAC; the frame has the first ones. */
  tagUnder(baseKey: Uint8Array): Buffer {
    const { keyBytes, encryptionKeyBytes, nonceBytes } = frameSuiteTable[this.#options.suite];
    const key = this.#expand(baseKey, { label: 'SFrame 1.0 Secret key ', bytes: keyBytes });
    const salt = this.#expand(baseKey, { label: 'SFrame 1.0 Secret salt ', bytes: nonceBytes });
    // The nonce of counter 0 is the salt.
    this.#authenticated.set(salt, 24);
    return createHmac('sha256', key.subarray(encryptionKeyBytes))
      .update(this.#authenticated)
      .digest();
  }

  frameUnder(baseKey: Uint8Array): Uint8Array {
    const { tagBytes } = frameSuiteTable[this.#options.suite];
    const tag = this.tagUnder(baseKey).subarray(0, tagBytes);
    return concatBytes(this.#header, this.#options.ciphertext, new Uint8Array(tag));
  }

  #expand(
    baseKey: Uint8Array,
    { label, bytes }: { readonly label: string; readonly bytes: number },
  ): Uint8Array {
    const info = concatBytes(new Uint8Array(Buffer.from(label)), this.#suffix);
    return new Uint8Array(hkdfSync('sha256', baseKey, new Uint8Array(0), info, bytes));
  }
}

function leading(tag: Buffer, bits: number): string {
  const whole = tag.subarray(0, bits >> 3).toString('latin1');
  const rest = bits & 7;
  return rest === 0 ? whole : whole + String.fromCharCode((tag[bits >> 3] ?? 0) >> (8 - rest));
}
