/**
 * SFrame (RFC 9605) on WebCrypto, to be compared with the product's implementation. No part
 * of the product: it has no replay window and no ratchet. Every frame is asynchronous.
 */
import { equalConstantTime } from '@earshot/keying/bytes';
import { encodeHeader, frameSuiteTable, parseHeader } from '@earshot/keying/sframe';
import type { FrameSuite, FrameSuiteRow } from '@earshot/keying/sframe';

type Bytes = Uint8Array<ArrayBuffer>;

/** The AEAD of one suite under one key (RFC 9605 section 4.4). */
export interface WebCryptoAead {
  /** @returns ciphertext and tag. */
  seal(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** @returns the plaintext; undefined if the tag does not verify. */
  open(nonce: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes | undefined>;
}

export interface WebCryptoContextOptions {
  readonly suite: FrameSuite;
  readonly kid: bigint;
  readonly baseKey: Bytes;
  readonly metadata: Bytes;
  /** Counter of the first frame; default 0. */
  readonly firstCounter?: number;
}

export class WebCryptoContext {
  readonly #kid: bigint;
  readonly #metadata: Bytes;
  readonly #aead: WebCryptoAead;
  readonly #salt: Bytes;
  #next: number;

  static async create(options: WebCryptoContextOptions): Promise<WebCryptoContext> {
    const row = frameSuiteTable[options.suite];
    const derive = await keyDerivation(row, options.baseKey);
    // RFC 9605 section 4.4.2: label, KID in 8 bytes, suite in 2.
    const suffix = new Uint8Array(10);
    new DataView(suffix.buffer).setBigUint64(0, options.kid);
    new DataView(suffix.buffer).setUint16(8, row.id);
    const key = await derive('SFrame 1.0 Secret key ', suffix, row.keyBytes);
    const salt = await derive('SFrame 1.0 Secret salt ', suffix, row.nonceBytes);
    return new WebCryptoContext(options, await createWebCryptoAead(options.suite, key), salt);
  }

  private constructor(options: WebCryptoContextOptions, aead: WebCryptoAead, salt: Bytes) {
    this.#kid = options.kid;
    this.#metadata = options.metadata;
    this.#next = options.firstCounter ?? 0;
    this.#aead = aead;
    this.#salt = salt;
  }

  async seal(payload: Bytes): Promise<Bytes> {
    const counter = this.#next++;
    const header = encodeHeader({ kid: this.#kid, counter: BigInt(counter) });
    const sealed = await this.#aead.seal(this.#nonceFor(counter), this.#aadFor(header), payload);
    return concat(header, sealed);
  }

  async open(frame: Bytes): Promise<Bytes | undefined> {
    const header = parseHeader(frame);
    if (header?.kid !== this.#kid) return undefined;
    return this.#aead.open(
      this.#nonceFor(Number(header.counter)),
      this.#aadFor(frame.subarray(0, header.length)),
      frame.subarray(header.length),
    );
  }

  /** A new array: several frames may be under way. */
  #nonceFor(counter: number): Bytes {
    const nonce = this.#salt.slice();
    const view = new DataView(nonce.buffer);
    const at = nonce.length - 4;
    view.setUint32(at, view.getUint32(at) ^ counter);
    return nonce;
  }

  #aadFor(header: Uint8Array): Bytes {
    return concat(header, this.#metadata);
  }
}

/** @param key Nk bytes. */
export function createWebCryptoAead(suite: FrameSuite, key: Bytes): Promise<WebCryptoAead> {
  const row = frameSuiteTable[suite];
  switch (row.aead) {
    case 'aes-ctr-hmac':
      return createCtrHmac(row, key);
    case 'aes-gcm':
      return createGcm(key);
  }
}

/** RFC 9605 section 4.5.1. */
async function createCtrHmac(row: FrameSuiteRow, key: Bytes): Promise<WebCryptoAead> {
  const { subtle } = crypto;
  const encryptionKey = await subtle.importKey(
    'raw',
    key.subarray(0, row.encryptionKeyBytes),
    'AES-CTR',
    false,
    ['encrypt'],
  );
  const authKey = await subtle.importKey(
    'raw',
    key.subarray(row.encryptionKeyBytes),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const applyKeystream = async (nonce: Bytes, data: Bytes): Promise<Bytes> => {
    const counter = new Uint8Array(16);
    counter.set(nonce);
    return new Uint8Array(
      await subtle.encrypt({ name: 'AES-CTR', counter, length: 32 }, encryptionKey, data),
    );
  };
  const tagOf = async (nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes> => {
    const lengths = new Uint8Array(24);
    const view = new DataView(lengths.buffer);
    view.setBigUint64(0, BigInt(aad.length));
    view.setBigUint64(8, BigInt(ciphertext.length));
    view.setBigUint64(16, BigInt(row.tagBytes));
    const mac = await subtle.sign('HMAC', authKey, concat(lengths, nonce, aad, ciphertext));
    return new Uint8Array(mac, 0, row.tagBytes);
  };
  return {
    async seal(nonce, aad, plaintext) {
      const ciphertext = await applyKeystream(nonce, plaintext);
      return concat(ciphertext, await tagOf(nonce, aad, ciphertext));
    },
    async open(nonce, aad, sealed) {
      if (sealed.length < row.tagBytes) return undefined;
      const ciphertext = sealed.subarray(0, sealed.length - row.tagBytes);
      const tag = await tagOf(nonce, aad, ciphertext);
      if (!equalConstantTime(tag, sealed.subarray(ciphertext.length))) return undefined;
      return applyKeystream(nonce, ciphertext);
    },
  };
}

async function createGcm(key: Bytes): Promise<WebCryptoAead> {
  const { subtle } = crypto;
  const gcmKey = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const parameters = (iv: Bytes, additionalData: Bytes): AesGcmParams => ({
    name: 'AES-GCM',
    iv,
    additionalData,
    tagLength: 128,
  });
  return {
    async seal(nonce, aad, plaintext) {
      return new Uint8Array(await subtle.encrypt(parameters(nonce, aad), gcmKey, plaintext));
    },
    async open(nonce, aad, sealed) {
      try {
        return new Uint8Array(await subtle.decrypt(parameters(nonce, aad), gcmKey, sealed));
      } catch {
        // WebCrypto rejects for a wrong tag, and for nothing else with a key of its own.
        return undefined;
      }
    },
  };
}

/** HKDF (RFC 5869) without salt; extract and expand in one. */
async function keyDerivation(
  row: FrameSuiteRow,
  baseKey: Bytes,
): Promise<(label: string, suffix: Bytes, length: number) => Promise<Bytes>> {
  const { subtle } = crypto;
  const hash = row.hash === 'sha256' ? 'SHA-256' : 'SHA-512';
  const material = await subtle.importKey('raw', baseKey, 'HKDF', false, ['deriveBits']);
  return async (label, suffix, length) => {
    const info = concat(new TextEncoder().encode(label), suffix);
    const parameters = { name: 'HKDF', hash, salt: new Uint8Array(), info };
    return new Uint8Array(await subtle.deriveBits(parameters, material, 8 * length));
  };
}

function concat(...parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
