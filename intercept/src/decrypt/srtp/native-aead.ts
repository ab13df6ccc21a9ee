/** AES-GCM for SRTP (RFC 7714 sections 8 and 9) on Node's native code; see native-aes-cm.ts. */
import type {
  PacketCipher,
  PacketCipherFactory,
  RtcpPosition,
  RtpPosition,
} from '@earshot/keying/srtp';
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { rtcpClearBytes, srtcpWord, srtcpWordBytes } from './srtcp-word.ts';

const nonceBytes = 12;
/** RFC 7714 section 13.2: never truncated. */
const tagBytes = 16;

type GcmName = 'aes-128-gcm' | 'aes-256-gcm';

export class NativeAead implements PacketCipher {
  readonly #algorithm: GcmName;
  /** A key object: importing raw key bytes per packet costs several times the packet. */
  readonly #key: KeyObject;
  readonly #salt: Buffer;
  readonly #nonce = Buffer.alloc(nonceBytes);
  readonly #mki: Uint8Array;

  /** Copies what it needs of the keys. */
  constructor({ row, keys, mki }: Parameters<PacketCipherFactory>[0]) {
    this.#algorithm = row.keyBytes === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
    this.#key = createSecretKey(keys.encryptionKey);
    this.#salt = Buffer.from(keys.salt);
    this.#mki = mki;
  }

  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array {
    const header = packet.subarray(0, position.headerBytes);
    const payload = packet.subarray(position.headerBytes);
    return Buffer.concat([header, ...this.#seal(position, header, payload), this.#mki]);
  }

  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined {
    const header = packet.subarray(0, position.headerBytes);
    const sealed = packet.subarray(position.headerBytes, packet.length - this.#mki.length);
    const payload = this.#open(position, header, sealed);
    return payload === undefined ? undefined : Buffer.concat([header, payload]);
  }

  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array {
    const word = wordBytes(position);
    const clear = packet.subarray(0, clearBytes(position, packet.length));
    const sealed = this.#seal(
      position,
      Buffer.concat([clear, word]),
      packet.subarray(clear.length),
    );
    return Buffer.concat([clear, ...sealed, word, this.#mki]);
  }

  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined {
    const sealedEnd = packet.length - this.#mki.length - srtcpWordBytes;
    const clear = packet.subarray(0, clearBytes(position, sealedEnd - tagBytes));
    const opened = this.#open(
      position,
      Buffer.concat([clear, wordBytes(position)]),
      packet.subarray(clear.length, sealedEnd),
    );
    return opened === undefined ? undefined : Buffer.concat([clear, opened]);
  }

  wipe(): void {
    this.#salt.fill(0);
    this.#nonce.fill(0);
  }

  #seal(position: RtcpPosition | RtpPosition, clear: Uint8Array, data: Uint8Array): Buffer[] {
    const cipher = createCipheriv(this.#algorithm, this.#key, this.#nonceOf(position));
    cipher.setAAD(clear);
    const sealed = cipher.update(data);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  #open(
    position: RtcpPosition | RtpPosition,
    clear: Uint8Array,
    sealed: Uint8Array,
  ): Buffer | undefined {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv(this.#algorithm, this.#key, this.#nonceOf(position), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(clear);
    decipher.setAuthTag(sealed.subarray(end));
    const opened = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
      return opened;
    } catch {
      // The tag; nothing else is left to fail here.
      return undefined;
    }
  }

  /**
   *     byte  0     2        6          12
   *           | 0 0 | SSRC   | index    |  XOR session salt
   */
  #nonceOf({ ssrc, index }: { readonly ssrc: number; readonly index: number }): Buffer {
    const nonce = this.#nonce;
    this.#salt.copy(nonce);
    nonce.writeInt32BE(nonce.readInt32BE(2) ^ ssrc, 2);
    nonce.writeUInt16BE(nonce.readUInt16BE(6) ^ Math.floor(index / 2 ** 32), 6);
    nonce.writeInt32BE(nonce.readInt32BE(8) ^ (index % 2 ** 32), 8);
    return nonce;
  }
}

function wordBytes(position: RtcpPosition): Buffer {
  const word = Buffer.alloc(srtcpWordBytes);
  word.writeUInt32BE(srtcpWord(position));
  return word;
}

function clearBytes(position: RtcpPosition, packetBytes: number): number {
  return position.encryption === 'encrypted' ? rtcpClearBytes : packetBytes;
}
