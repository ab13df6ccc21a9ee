import type { SuiteRow } from '../sdes/suites.ts';
import type { SessionKeys } from './key-derivation.ts';

/** Where an RTP packet's parts are, and which one it is. */
export interface RtpPosition {
  /** Bytes in clear before the payload. */
  readonly headerBytes: number;
  readonly ssrc: number;
  /** 48 bits: 2^16 * ROC + SEQ. */
  readonly index: number;
}

export interface RtcpPosition {
  readonly ssrc: number;
  /** 31 bits. */
  readonly index: number;
  /** The E flag (RFC 3711 section 3.4). */
  readonly encryption: 'encrypted' | 'unencrypted';
}

/**
 * The transform of one suite under the session keys of one stream. It knows nothing of replay,
 * roll-over or limits: contexts do. `open*` return undefined if the tag does not verify, and then
 * nothing of the payload has been decrypted.
 */
export interface PacketCipher {
  sealRtp(packet: Uint8Array, position: RtpPosition): Uint8Array;
  openRtp(packet: Uint8Array, position: RtpPosition): Uint8Array | undefined;
  sealRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array;
  openRtcp(packet: Uint8Array, position: RtcpPosition): Uint8Array | undefined;
  /** Overwrites the session keys. Idempotent. */
  wipe(): void;
}

/** Makes the transform of one suite. `keys` are lent: they are wiped when this returns. */
export type PacketCipherFactory = (options: {
  readonly row: SuiteRow;
  readonly keys: SessionKeys;
  /** Of this stream: SRTP and SRTCP may differ. */
  readonly tagBytes: number;
  /** Empty: no MKI in the packets. */
  readonly mki: Uint8Array;
}) => PacketCipher;

/** The E flag and 31-bit index of SRTCP (RFC 3711 section 3.4). */
export const srtcpWordBytes = 4;
const encryptedFlag = 0x8000_0000;

export function srtcpWord(position: RtcpPosition): Uint8Array {
  const word = new Uint8Array(srtcpWordBytes);
  const flag = position.encryption === 'encrypted' ? encryptedFlag : 0;
  new DataView(word.buffer).setUint32(0, position.index + flag);
  return word;
}

/** Reads E flag and index at `offset`, which must lie inside the packet. */
export function parseSrtcpWord(
  packet: Uint8Array,
  offset: number,
): { readonly encryption: 'encrypted' | 'unencrypted'; readonly index: number } {
  const word = new DataView(packet.buffer, packet.byteOffset, packet.byteLength).getUint32(offset);
  return {
    encryption: word >= encryptedFlag ? 'encrypted' : 'unencrypted',
    index: word % encryptedFlag,
  };
}
