import { bytesToHex } from '../bytes.ts';
import type { Secret } from '../secret.ts';
import { keyAndSaltBytes, suiteRows } from '../sdes/suites.ts';
import type { CryptoSuite, SuiteRow } from '../sdes/suites.ts';
import { AesCmHmacSha1 } from './cipher-aes-cm-hmac-sha1.ts';
import { AeadAesGcm } from './cipher-aead-aes-gcm.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import type { ProtectedStream } from './key-derivation.ts';
import type { PacketCipher, PacketCipherFactory } from './packet-cipher.ts';

/** One master key with what RFC 4568 section 6.1 says about it. */
export interface SrtpMasterKey {
  /** `key||salt`, of the suite's length. Lent: session keys are derived at once and it is not kept. */
  readonly keyAndSalt: Secret;
  /** Master key identifier, 1 to 128 bytes, written into every packet. Absent: packets carry none. */
  readonly mki?: Uint8Array;
  /** Packets that the key may protect; at most, and by default, the suite's limit. */
  readonly lifetimePackets?: number;
}

/** A master key in use: its session cipher and what is left of its lifetime. */
export interface KeyInUse {
  readonly cipher: PacketCipher;
  /** The lifetime is used up: nothing more is protected or accepted (RFC 4568 section 6.1). */
  isExhausted(): boolean;
  countPacket(): void;
}

/**
 * The master keys of one direction and stream, found by MKI. With several keys each has an MKI of
 * the same length, so that a packet names its key and none is tried (RFC 4568 section 4.3).
 */
export class MasterKeys {
  readonly row: SuiteRow;
  readonly mkiBytes: number;
  /** Tag bytes that follow the MKI; AEAD tags come before it. */
  readonly tagBytesAfterMki: number;
  readonly tagBytes: number;
  readonly #createCipher: PacketCipherFactory;
  readonly #inUse = new Map<string, KeyInUse>();
  readonly #first: KeyInUse;

  /**
   * @throws RangeError for a key, salt or MKI of the wrong length, and TypeError for several keys
   * that their MKIs do not tell apart.
   */
  constructor(options: {
    readonly suite: CryptoSuite;
    readonly keys: readonly SrtpMasterKey[];
    readonly stream: ProtectedStream;
    readonly maxPackets: number;
    readonly createCipher?: PacketCipherFactory | undefined;
  }) {
    const { suite, keys, stream, maxPackets } = options;
    this.#createCipher = options.createCipher ?? createPacketCipher;
    this.row = suiteRows[suite];
    this.tagBytes = stream === 'srtp' ? this.row.srtpTagBytes : this.row.srtcpTagBytes;
    this.tagBytesAfterMki = this.row.cipher === 'aes-cm-hmac-sha1' ? this.tagBytes : 0;
    this.mkiBytes = keys[0]?.mki?.length ?? 0;
    let first: KeyInUse | undefined;
    for (const key of keys) {
      requireFits(key, { suite, maxPackets, mkiBytes: this.mkiBytes });
      const name = bytesToHex(new Uint8Array(key.mki ?? []));
      if (this.#inUse.has(name)) throw new TypeError('several master keys need an MKI each');
      const inUse = this.#use(key, { stream, maxPackets });
      this.#inUse.set(name, inUse);
      first ??= inUse;
    }
    if (first === undefined) throw new TypeError('no master key');
    this.#first = first;
  }

  /** The key that protects outgoing packets. */
  get first(): KeyInUse {
    return this.#first;
  }

  /** Where the MKI (if any) begins; negative for a packet that is too short. */
  mkiOffset(packet: Uint8Array): number {
    return packet.length - this.tagBytesAfterMki - this.mkiBytes;
  }

  /** The key that the packet names; undefined if there is none by that MKI. */
  find(packet: Uint8Array): KeyInUse | undefined {
    if (this.mkiBytes === 0) return this.#first;
    const offset = this.mkiOffset(packet);
    const mki = new Uint8Array(packet.subarray(offset, offset + this.mkiBytes));
    return this.#inUse.get(bytesToHex(mki));
  }

  wipe(): void {
    for (const key of this.#inUse.values()) key.cipher.wipe();
  }

  #use(
    key: SrtpMasterKey,
    options: { readonly stream: ProtectedStream; readonly maxPackets: number },
  ): KeyInUse {
    const keys = key.keyAndSalt.use((bytes) => deriveSessionKeys(this.row, bytes, options.stream));
    const mki = new Uint8Array(key.mki ?? []);
    const cipher = this.#createCipher({ row: this.row, keys, tagBytes: this.tagBytes, mki });
    keys.encryptionKey.fill(0);
    keys.authenticationKey.fill(0);
    keys.salt.fill(0);
    // A line states one lifetime for SRTP and SRTCP; each stream keeps its own limit below it.
    let remaining = Math.min(key.lifetimePackets ?? options.maxPackets, options.maxPackets);
    return {
      cipher,
      isExhausted: () => remaining === 0,
      countPacket: () => {
        remaining -= 1;
      },
    };
  }
}

const createPacketCipher: PacketCipherFactory = ({ row, keys, tagBytes, mki }) => {
  switch (row.cipher) {
    case 'aes-cm-hmac-sha1':
      return new AesCmHmacSha1({ keys, tagBytes, mki });
    case 'aead-aes-gcm':
      return new AeadAesGcm({ keys, mki });
  }
};

function requireFits(
  key: SrtpMasterKey,
  limits: { readonly suite: CryptoSuite; readonly maxPackets: number; readonly mkiBytes: number },
): void {
  const expected = keyAndSaltBytes(limits.suite);
  if (key.keyAndSalt.length !== expected) {
    throw new RangeError(`${limits.suite} takes ${expected} bytes of key and salt`);
  }
  const mkiBytes = key.mki?.length ?? 0;
  if (mkiBytes !== limits.mkiBytes || mkiBytes > 128 || (key.mki !== undefined && mkiBytes === 0)) {
    throw new RangeError('an MKI has 1 to 128 bytes, as many in every key');
  }
  const lifetime = key.lifetimePackets ?? limits.maxPackets;
  if (!Number.isSafeInteger(lifetime) || lifetime < 1) {
    throw new RangeError(`not a lifetime in packets: ${lifetime}`);
  }
}
