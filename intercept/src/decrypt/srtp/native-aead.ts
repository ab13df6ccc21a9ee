/** AES-GCM for SRTP (RFC 7714 sections 8 and 9) on Node's block cipher; see native-aes-cm.ts. */
import type {
  PacketCipher,
  PacketCipherFactory,
  RtcpPosition,
  RtpPosition,
} from '@earshot/keying/srtp';
import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { Ghash, ghashBytes } from './ghash.ts';
import { KeystreamAhead, type CounterBlock } from './keystream-ahead.ts';
import { rtcpClearBytes, srtcpWord, srtcpWordBytes } from './srtcp-word.ts';

/** RFC 7714 section 13.2: never truncated. */
const tagBytes = 16;

interface PacketIndex {
  readonly ssrc: number;
  readonly index: number;
}

export class NativeAead implements PacketCipher {
  readonly #keystream: KeystreamAhead;
  readonly #ghash: Ghash;
  readonly #salt: Buffer;
  readonly #mki: Uint8Array;
  readonly #tag = Buffer.alloc(tagBytes);

  /** Copies what it needs of the keys. */
  constructor({ row, keys, mki }: Parameters<PacketCipherFactory>[0]) {
    const hashKey = createCipheriv(`aes-${8 * row.keyBytes}-ecb`, keys.encryptionKey, null).update(
      Buffer.alloc(ghashBytes),
    );
    this.#ghash = new Ghash(hashKey);
    hashKey.fill(0);
    this.#salt = Buffer.from(keys.salt);
    this.#mki = mki;
    this.#keystream = new KeystreamAhead({
      key: keys.encryptionKey,
      firstBlock: (ssrc, index) => this.#firstBlock(ssrc, index),
    });
  }

  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array {
    const header = packet.subarray(0, position.headerBytes);
    const payload = packet.subarray(position.headerBytes);
    return Buffer.concat([header, this.#seal(position, header, payload), this.#mki]);
  }

  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined {
    const clear = packet.subarray(0, position.headerBytes);
    const sealed = packet.subarray(position.headerBytes, packet.length - this.#mki.length);
    return this.#open(position, { clear, associated: clear, sealed });
  }

  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array {
    const word = wordBytes(position);
    const clear = packet.subarray(0, clearBytes(position, packet.length));
    const associated = Buffer.concat([clear, word]);
    const sealed = this.#seal(position, associated, packet.subarray(clear.length));
    return Buffer.concat([clear, sealed, word, this.#mki]);
  }

  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined {
    const sealedEnd = packet.length - this.#mki.length - srtcpWordBytes;
    const clear = packet.subarray(0, clearBytes(position, sealedEnd - tagBytes));
    const associated = Buffer.concat([clear, wordBytes(position)]);
    const sealed = packet.subarray(clear.length, sealedEnd);
    return this.#open(position, { clear, associated, sealed });
  }

  wipe(): void {
    this.#salt.fill(0);
    this.#tag.fill(0);
    this.#ghash.wipe();
    this.#keystream.wipe();
  }

  #seal(position: PacketIndex, associated: Uint8Array, data: Uint8Array): Buffer {
    const sealed = Buffer.alloc(data.length + tagBytes);
    sealed.set(data);
    const body = sealed.subarray(0, data.length);
    this.#crypt(position, body);
    this.#makeTag(position, associated, body);
    sealed.set(this.#tag, data.length);
    return sealed;
  }

  /** @returns what was in clear, and what was sealed after it */
  #open(
    position: PacketIndex,
    parts: {
      readonly clear: Uint8Array;
      readonly associated: Uint8Array;
      readonly sealed: Uint8Array;
    },
  ): Buffer | undefined {
    const { clear, associated, sealed } = parts;
    const body = sealed.subarray(0, sealed.length - tagBytes);
    this.#makeTag(position, associated, body);
    if (!timingSafeEqual(this.#tag, sealed.subarray(body.length))) return undefined;
    const opened = Buffer.allocUnsafe(clear.length + body.length);
    opened.set(clear);
    opened.set(body, clear.length);
    this.#crypt(position, opened.subarray(clear.length));
    return opened;
  }

  /** SP 800-38D section 7: the tag takes the keystream's first block, the data those after it. */
  #makeTag({ ssrc, index }: PacketIndex, associated: Uint8Array, sealed: Uint8Array): void {
    const ghash = this.#ghash;
    ghash.update(associated);
    ghash.update(sealed);
    ghash.finish(associated.length, sealed.length, this.#tag);
    const { bytes, offset } = this.#keystream.of(ssrc, index, blocksOf(sealed));
    for (let i = 0; i < tagBytes; i++)
      this.#tag[i] = (this.#tag[i] ?? 0) ^ (bytes[offset + i] ?? 0);
  }

  #crypt({ ssrc, index }: PacketIndex, data: Uint8Array): void {
    const { bytes, offset } = this.#keystream.of(ssrc, index, blocksOf(data));
    const from = offset + tagBytes;
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) ^ (bytes[from + i] ?? 0);
  }

  /**
   *     byte  0     2        6          12
   *           | 0 0 | SSRC   | index    | counter, from 1   with the session salt XORed into the first 12
   */
  #firstBlock(ssrc: number, index: number): CounterBlock {
    const salt = this.#salt;
    return [
      salt.readInt32BE(0) ^ (ssrc >>> 16),
      salt.readInt32BE(4) ^ (ssrc << 16) ^ Math.floor(index / 2 ** 32),
      salt.readInt32BE(8) ^ (index % 2 ** 32),
      1,
    ];
  }
}

/** The tag's too. */
function blocksOf(data: Uint8Array): number {
  return 1 + Math.ceil(data.length / ghashBytes);
}

function wordBytes(position: RtcpPosition): Buffer {
  const word = Buffer.alloc(srtcpWordBytes);
  word.writeUInt32BE(srtcpWord(position));
  return word;
}

function clearBytes(position: RtcpPosition, packetBytes: number): number {
  return position.encryption === 'encrypted' ? rtcpClearBytes : packetBytes;
}
