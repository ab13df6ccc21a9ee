/**
 * AES counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1) on Node's native code. A capture
 * has hundreds of thousands of packets, where a call has fifty a second; `keying` stays pure. Both
 * implementations are tested against each other and against the RFC's vectors.
 */
import type {
  PacketCipher,
  PacketCipherFactory,
  RtcpPosition,
  RtpPosition,
} from '@earshot/keying/srtp';
import { hash, timingSafeEqual } from 'node:crypto';
import { KeystreamAhead, type CounterBlock } from './keystream-ahead.ts';
import { rtcpClearBytes, srtcpWord, srtcpWordBytes } from './srtcp-word.ts';

const blockBytes = 16;
const sha1Bytes = 20;
/** RFC 2104: the block of SHA-1, which the padded key fills. */
const hmacBlockBytes = 64;
/** No UDP datagram is longer. */
const maxPacketBytes = 65_536;

/** Work space of the packet at hand, for all instances: a capture may have a thousand streams. */
const hashed = Buffer.alloc(hmacBlockBytes + maxPacketBytes + 4);

export class NativeAesCm implements PacketCipher {
  readonly #keystream: KeystreamAhead;
  readonly #salt: Buffer;
  readonly #tagBytes: number;
  readonly #mki: Uint8Array;
  /** RFC 2104: `key XOR ipad`; `key XOR opad`, then room for the inner hash. */
  readonly #innerPad = Buffer.alloc(hmacBlockBytes);
  readonly #outer = Buffer.alloc(hmacBlockBytes + sha1Bytes);
  readonly #digest = Buffer.alloc(sha1Bytes);

  /** Copies what it needs of the keys. */
  constructor({ keys, tagBytes, mki }: Parameters<PacketCipherFactory>[0]) {
    this.#keystream = new KeystreamAhead({
      key: keys.encryptionKey,
      firstBlock: (ssrc, index) => this.#firstBlock(ssrc, index),
    });
    this.#salt = Buffer.from(keys.salt);
    this.#tagBytes = tagBytes;
    this.#mki = mki;
    for (let i = 0; i < hmacBlockBytes; i++) {
      this.#innerPad[i] = 0x36 ^ (keys.authenticationKey[i] ?? 0);
      this.#outer[i] = 0x5c ^ (keys.authenticationKey[i] ?? 0);
    }
  }

  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array {
    const sealed = Buffer.alloc(packet.length + this.#mki.length + this.#tagBytes);
    sealed.set(packet);
    this.#crypt(sealed, { ...position, from: position.headerBytes, to: packet.length });
    this.#tag(sealed.subarray(0, packet.length), rollOverCounterOf(position.index));
    this.#finish(sealed);
    return sealed;
  }

  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined {
    const end = packet.length - this.#mki.length - this.#tagBytes;
    this.#tag(packet.subarray(0, end), rollOverCounterOf(position.index));
    if (!this.#isTagOf(packet)) return undefined;
    const opened = Buffer.allocUnsafe(end);
    opened.set(packet.subarray(0, end));
    this.#crypt(opened, { ...position, from: position.headerBytes, to: end });
    return opened;
  }

  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array {
    const wordEnd = packet.length + srtcpWordBytes;
    const sealed = Buffer.alloc(wordEnd + this.#mki.length + this.#tagBytes);
    sealed.set(packet);
    if (position.encryption === 'encrypted') {
      this.#crypt(sealed, { ...position, from: rtcpClearBytes, to: packet.length });
    }
    sealed.writeUInt32BE(srtcpWord(position), packet.length);
    this.#tag(sealed.subarray(0, wordEnd));
    this.#finish(sealed);
    return sealed;
  }

  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined {
    const wordEnd = packet.length - this.#mki.length - this.#tagBytes;
    this.#tag(packet.subarray(0, wordEnd));
    if (!this.#isTagOf(packet)) return undefined;
    const opened = Buffer.from(packet.subarray(0, wordEnd - srtcpWordBytes));
    if (position.encryption === 'encrypted') {
      this.#crypt(opened, { ...position, from: rtcpClearBytes, to: opened.length });
    }
    return opened;
  }

  wipe(): void {
    this.#salt.fill(0);
    this.#keystream.wipe();
    this.#innerPad.fill(0);
    this.#outer.fill(0);
  }

  /** XORs the keystream into part of `bytes`. */
  #crypt(
    bytes: Buffer,
    part: {
      readonly ssrc: number;
      readonly index: number;
      readonly from: number;
      readonly to: number;
    },
  ): void {
    const { ssrc, index, from, to } = part;
    const keystream = this.#keystream.of(ssrc, index, Math.ceil((to - from) / blockBytes));
    for (let i = 0; i < to - from; i++) {
      bytes[from + i] = (bytes[from + i] ?? 0) ^ (keystream.bytes[keystream.offset + i] ?? 0);
    }
  }

  /**
   *     byte  0       4        8              14
   *           | k_s, 14 bytes                 | block, from 0
   *           |       | SSRC   | i, 48 bits   |
   */
  #firstBlock(ssrc: number, index: number): CounterBlock {
    const salt = this.#salt;
    return [
      salt.readInt32BE(0),
      salt.readInt32BE(4) ^ ssrc,
      salt.readInt32BE(8) ^ Math.floor(index / 2 ** 16),
      (salt.readUInt16BE(12) ^ (index % 2 ** 16)) << 16,
    ];
  }

  /**
   * HMAC-SHA1 (RFC 2104) into `#digest`, as two plain hashes: that is a quarter of the time of an
   * HMAC object per packet. SRTP's tag covers the roll-over counter, SRTCP's does not.
   */
  #tag(authenticated: Uint8Array, rollOverCounter?: number): void {
    let end = hmacBlockBytes + authenticated.length;
    this.#innerPad.copy(hashed);
    hashed.set(authenticated, hmacBlockBytes);
    if (rollOverCounter !== undefined) end = hashed.writeUInt32BE(rollOverCounter, end);
    this.#outer.write(sha1(hashed.subarray(0, end)), hmacBlockBytes, 'latin1');
    this.#digest.write(sha1(this.#outer), 'latin1');
  }

  #isTagOf(packet: Uint8Array): boolean {
    const tag = packet.subarray(packet.length - this.#tagBytes);
    return timingSafeEqual(tag, this.#digest.subarray(0, this.#tagBytes));
  }

  /** The MKI lies between what is authenticated and the tag. */
  #finish(sealed: Buffer): void {
    sealed.set(this.#mki, sealed.length - this.#tagBytes - this.#mki.length);
    sealed.set(this.#digest.subarray(0, this.#tagBytes), sealed.length - this.#tagBytes);
  }
}

/** A packet index is 2^16 * ROC + SEQ (RFC 3711 section 3.3.1). */
function rollOverCounterOf(index: number): number {
  return Math.floor(index / 2 ** 16);
}

/** As a string of bytes: for results this short that is faster than a buffer. */
function sha1(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'binary');
}
