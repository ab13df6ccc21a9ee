import { gcm } from '@noble/ciphers/aes.js';
import { concatBytes } from '../bytes.ts';
import type { SessionKeys } from './key-derivation.ts';
import { srtcpWord, srtcpWordBytes } from './packet-cipher.ts';
import type { PacketCipher, RtcpPosition, RtpPosition } from './packet-cipher.ts';
import { rtcpClearBytes } from './rtp-header.ts';

const nonceBytes = 12;
/** RFC 7714 section 13.2: the tag is never truncated. */
const tagBytes = 16;

/**
 * AES-GCM (RFC 7714 sections 8 and 9).
 *
 *     SRTP   header | E(payload) | tag | MKI             associated data: header
 *     SRTCP  8 bytes | E(rest) | tag | E+index | MKI     associated data: 8 bytes, E+index
 *     SRTCP  packet | tag | 0+index | MKI                associated data: packet, 0+index
 *
 * The key schedule is expanded per packet: the library's reviewed GCM is used as a whole rather
 * than put together here from its parts.
 */
export class AeadAesGcm implements PacketCipher {
  readonly #key: Uint8Array;
  readonly #salt: Uint8Array;
  readonly #mki: Uint8Array;

  /** Copies what it needs of `keys`. */
  constructor(options: {
    readonly keys: SessionKeys;
    /** Empty: no MKI in the packets. */
    readonly mki: Uint8Array;
  }) {
    this.#key = new Uint8Array(options.keys.encryptionKey);
    this.#salt = new Uint8Array(options.keys.salt);
    this.#mki = options.mki;
  }

  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array {
    const header = packet.subarray(0, position.headerBytes);
    const payload = packet.subarray(position.headerBytes);
    return concatBytes(header, this.#cipher(position, header).encrypt(payload), this.#mki);
  }

  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined {
    const header = packet.subarray(0, position.headerBytes);
    const sealed = packet.subarray(position.headerBytes, packet.length - this.#mki.length);
    const payload = decrypt(this.#cipher(position, header), sealed);
    return payload === undefined ? undefined : concatBytes(header, payload);
  }

  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array {
    const word = srtcpWord(position);
    const clear = packet.subarray(0, clearBytes(position, packet.length));
    const cipher = this.#cipher(position, concatBytes(clear, word));
    const sealed = cipher.encrypt(packet.subarray(clear.length));
    return concatBytes(clear, sealed, word, this.#mki);
  }

  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined {
    const sealedEnd = packet.length - this.#mki.length - srtcpWordBytes;
    const clear = packet.subarray(0, clearBytes(position, sealedEnd - tagBytes));
    const cipher = this.#cipher(position, concatBytes(clear, srtcpWord(position)));
    const opened = decrypt(cipher, packet.subarray(clear.length, sealedEnd));
    return opened === undefined ? undefined : concatBytes(clear, opened);
  }

  wipe(): void {
    this.#key.fill(0);
    this.#salt.fill(0);
  }

  #cipher(
    position: { readonly ssrc: number; readonly index: number },
    associatedData: Uint8Array,
  ): ReturnType<typeof gcm> {
    const nonce = aeadNonce(this.#salt, position.ssrc, position.index);
    return gcm(this.#key, nonce, associatedData);
  }
}

/**
 * Nonce (RFC 7714 sections 8.1 and 9.1). An SRTCP index has 31 bits, so that the two zero bytes of
 * its layout fall out of the 48-bit field by themselves.
 *
 *     byte  0     2        6          12
 *           | 0 0 | SSRC   | index    |  XOR session salt
 */
function aeadNonce(salt: Uint8Array, ssrc: number, index: number): Uint8Array {
  const nonce = new Uint8Array(nonceBytes);
  nonce.set(salt);
  const view = new DataView(nonce.buffer);
  view.setUint32(2, view.getUint32(2) ^ ssrc);
  view.setUint16(6, view.getUint16(6) ^ Math.floor(index / 2 ** 32));
  view.setUint32(8, view.getUint32(8) ^ (index % 2 ** 32));
  return nonce;
}

function clearBytes(position: RtcpPosition, packetBytes: number): number {
  return position.encryption === 'encrypted' ? rtcpClearBytes : packetBytes;
}

function decrypt(cipher: ReturnType<typeof gcm>, sealed: Uint8Array): Uint8Array | undefined {
  try {
    return cipher.decrypt(sealed);
  } catch {
    // The library throws for one reason that is left once the lengths are right: the tag.
    return undefined;
  }
}
