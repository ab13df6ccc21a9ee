import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { equalConstantTime } from '../bytes.ts';
import { AesCounterMode, blockBytes } from './aes-counter-mode.ts';
import type { SessionKeys } from './key-derivation.ts';
import { srtcpWord, srtcpWordBytes } from './packet-cipher.ts';
import type { PacketCipher, RtcpPosition, RtpPosition } from './packet-cipher.ts';
import { rollOverCounterOf } from './packet-index.ts';
import { rtcpClearBytes } from './rtp-header.ts';

/** What is used of the library's HMAC, whose own types leave the hash open. */
interface KeyedHash {
  clone(): KeyedHash;
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
  destroy(): void;
}

/**
 * AES counter mode with a truncated HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1).
 *
 *     SRTP   header | E(payload) | MKI | tag         tag over header, E(payload), ROC
 *     SRTCP  8 bytes | E(rest) | E+index | MKI | tag   tag over everything before the MKI
 *
 * The MKI lies between what is authenticated and the tag, and is not authenticated itself.
 */
export class AesCmHmacSha1 implements PacketCipher {
  readonly #counterMode: AesCounterMode;
  readonly #salt: Uint8Array;
  /** Keyed once; each packet continues a copy of this state. */
  readonly #keyedHmac: KeyedHash;
  readonly #tagBytes: number;
  readonly #mki: Uint8Array;

  /** Copies what it needs of `keys`. */
  constructor(options: {
    readonly keys: SessionKeys;
    readonly tagBytes: number;
    /** Empty: no MKI in the packets. */
    readonly mki: Uint8Array;
  }) {
    this.#counterMode = new AesCounterMode(options.keys.encryptionKey);
    this.#salt = new Uint8Array(options.keys.salt);
    this.#keyedHmac = hmac.create(sha1, options.keys.authenticationKey);
    this.#tagBytes = options.tagBytes;
    this.#mki = options.mki;
  }

  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array {
    const sealed = new Uint8Array(packet.length + this.#mki.length + this.#tagBytes);
    sealed.set(packet);
    sealed.set(this.#crypt(position, packet.subarray(position.headerBytes)), position.headerBytes);
    const rollOverCounter = rollOverCounterWord(position.index);
    this.#finish(sealed, this.#tag(sealed.subarray(0, packet.length), rollOverCounter));
    return sealed;
  }

  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined {
    const end = packet.length - this.#mki.length - this.#tagBytes;
    const authenticated = packet.subarray(0, end);
    const tag = this.#tag(authenticated, rollOverCounterWord(position.index));
    if (!equalConstantTime(tag, packet.subarray(packet.length - this.#tagBytes))) return undefined;
    const opened = new Uint8Array(end);
    opened.set(authenticated);
    opened.set(
      this.#crypt(position, authenticated.subarray(position.headerBytes)),
      position.headerBytes,
    );
    return opened;
  }

  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array {
    const wordEnd = packet.length + srtcpWordBytes;
    const sealed = new Uint8Array(wordEnd + this.#mki.length + this.#tagBytes);
    sealed.set(packet);
    if (position.encryption === 'encrypted') {
      sealed.set(this.#crypt(position, packet.subarray(rtcpClearBytes)), rtcpClearBytes);
    }
    sealed.set(srtcpWord(position), packet.length);
    this.#finish(sealed, this.#tag(sealed.subarray(0, wordEnd)));
    return sealed;
  }

  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined {
    const wordEnd = packet.length - this.#mki.length - this.#tagBytes;
    const tag = this.#tag(packet.subarray(0, wordEnd));
    if (!equalConstantTime(tag, packet.subarray(packet.length - this.#tagBytes))) return undefined;
    const body = packet.subarray(0, wordEnd - srtcpWordBytes);
    const opened = new Uint8Array(body.length);
    opened.set(body);
    if (position.encryption === 'encrypted') {
      opened.set(this.#crypt(position, body.subarray(rtcpClearBytes)), rtcpClearBytes);
    }
    return opened;
  }

  wipe(): void {
    this.#counterMode.wipe();
    this.#salt.fill(0);
    this.#keyedHmac.destroy();
  }

  #crypt(
    position: { readonly ssrc: number; readonly index: number },
    data: Uint8Array,
  ): Uint8Array {
    return this.#counterMode.crypt(aesCmIv(this.#salt, position.ssrc, position.index), data);
  }

  #tag(...parts: readonly Uint8Array[]): Uint8Array {
    const mac = this.#keyedHmac.clone();
    for (const part of parts) mac.update(part);
    return mac.digest().subarray(0, this.#tagBytes);
  }

  #finish(sealed: Uint8Array, tag: Uint8Array): void {
    sealed.set(this.#mki, sealed.length - this.#tagBytes - this.#mki.length);
    sealed.set(tag, sealed.length - this.#tagBytes);
  }
}

/**
 * IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16) (RFC 3711 section 4.1.1).
 *
 *     byte  0       4        8              14
 *           | k_s, 14 bytes                 | block counter
 *           |       | SSRC   | i, 48 bits   |
 */
function aesCmIv(salt: Uint8Array, ssrc: number, index: number): Uint8Array {
  const iv = new Uint8Array(blockBytes);
  iv.set(salt);
  const view = new DataView(iv.buffer);
  view.setUint32(4, view.getUint32(4) ^ ssrc);
  view.setUint16(8, view.getUint16(8) ^ Math.floor(index / 2 ** 32));
  view.setUint32(10, view.getUint32(10) ^ (index % 2 ** 32));
  return iv;
}

function rollOverCounterWord(index: number): Uint8Array {
  const word = new Uint8Array(4);
  new DataView(word.buffer).setUint32(0, rollOverCounterOf(index));
  return word;
}
