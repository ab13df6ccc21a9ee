import type { Outcome, Rejection } from '../errors.ts';
import { ReplayWindow } from '../replay-window.ts';
import { maxSrtcpPackets } from '../sdes/suites.ts';
import type { CryptoSuite } from '../sdes/suites.ts';
import { maxKeystreamBytes } from './aes-counter-mode.ts';
import { MasterKeys } from './master-keys.ts';
import type { SrtpMasterKey } from './master-keys.ts';
import type { PacketCipherFactory } from './packet-cipher.ts';
import { parseSrtcpWord, srtcpWordBytes } from './packet-cipher.ts';
import { parseRtcpSsrc, rtcpClearBytes } from './rtp-header.ts';

export interface SrtcpSenderOptions {
  readonly suite: CryptoSuite;
  readonly key: SrtpMasterKey;
  /** Index of the first packet of each SSRC, 31 bits; 0 by RFC 3711 section 3.4 (libsrtp uses 1). */
  readonly initialIndex?: number;
  /** SSRCs that may share the key; default 64. */
  readonly maxSsrcs?: number;
  /** Another implementation of the suite's transform, in native code for instance; default: @noble. */
  readonly createCipher?: PacketCipherFactory;
}

/** Protects the RTCP packets of one direction; always encrypts them. */
export interface SrtcpSender {
  /**
   * @param packet complete (compound) RTCP packet. Not changed.
   * @returns the SRTCP packet. Rejections: `malformed`; `exhausted`; `no-key` after `close()` or
   * for an SSRC too many.
   */
  protect(packet: Uint8Array): Outcome;
  /** Wipes the session keys. Idempotent. */
  close(): void;
}

export interface SrtcpReceiverOptions {
  readonly suite: CryptoSuite;
  /** One key, or several told apart by MKIs of one length. */
  readonly keys: readonly [SrtpMasterKey, ...SrtpMasterKey[]];
  /** Packets; a power of two, at least 64 (RFC 3711 section 3.3.2); default 1024. */
  readonly replayWindowPackets?: number;
  /** SSRCs for which state is kept, each only once a packet of it has proved authentic; default 64. */
  readonly maxSsrcs?: number;
  /**
   * Packets with the E flag clear: authentic, but not encrypted. Refused by default, because RFC
   * 4568 section 6.3.2 allows them only where UNENCRYPTED_SRTCP was negotiated.
   */
  readonly unencrypted?: 'refuse' | 'accept';
  /** As for a sender. */
  readonly createCipher?: PacketCipherFactory;
}

/** Opens the SRTCP packets of one direction. */
export interface SrtcpReceiver {
  /**
   * @param packet complete SRTCP packet. Not changed.
   * @returns the RTCP packet. Rejections: `malformed`, `replay`, `too-old`, `auth`, `exhausted`;
   * `no-key` for an unknown MKI, an SSRC too many, or after `close()`.
   */
  unprotect(packet: Uint8Array): Outcome;
  /** Wipes the session keys. Idempotent. */
  close(): void;
}

const defaultMaxSsrcs = 64;

/** @throws RangeError or TypeError for options that do not fit the suite. */
export function createSrtcpSender(options: SrtcpSenderOptions): SrtcpSender {
  const initialIndex = options.initialIndex ?? 0;
  if (!Number.isInteger(initialIndex) || initialIndex < 0 || initialIndex >= maxSrtcpPackets) {
    throw new RangeError(`not an SRTCP index: ${initialIndex}`);
  }
  const maxSsrcs = options.maxSsrcs ?? defaultMaxSsrcs;
  const keys = new MasterKeys({
    suite: options.suite,
    keys: [options.key],
    stream: 'srtcp',
    maxPackets: maxSrtcpPackets,
    createCipher: options.createCipher,
  });
  const nextIndices = new Map<number, number>();
  let isClosed = false;
  return {
    protect(packet) {
      if (isClosed) return rejected('no-key');
      const ssrc = parseRtcpSsrc(packet);
      if (ssrc === undefined || packet.length > maxKeystreamBytes) return rejected('malformed');
      const known = nextIndices.get(ssrc);
      if (known === undefined && nextIndices.size >= maxSsrcs) return rejected('no-key');
      const index = known ?? initialIndex;
      const key = keys.first;
      if (index >= maxSrtcpPackets || key.isExhausted()) return rejected('exhausted');
      key.countPacket();
      nextIndices.set(ssrc, index + 1);
      const position = { ssrc, index, encryption: 'encrypted' } as const;
      return { ok: true, bytes: key.cipher.sealRtcp(packet, position) };
    },
    close() {
      isClosed = true;
      keys.wipe();
    },
  };
}

/** @throws RangeError or TypeError for options that do not fit the suite. */
export function createSrtcpReceiver(options: SrtcpReceiverOptions): SrtcpReceiver {
  const maxSsrcs = options.maxSsrcs ?? defaultMaxSsrcs;
  const windowPackets = new ReplayWindow(options.replayWindowPackets).size;
  const keys = new MasterKeys({
    suite: options.suite,
    keys: options.keys,
    stream: 'srtcp',
    maxPackets: maxSrtcpPackets,
    createCipher: options.createCipher,
  });
  const minBytes = rtcpClearBytes + srtcpWordBytes + keys.mkiBytes + keys.tagBytes;
  const accepted = new Map<number, ReplayWindow>();
  let isClosed = false;
  return {
    unprotect(packet) {
      if (isClosed) return rejected('no-key');
      const ssrc = parseRtcpSsrc(packet);
      if (ssrc === undefined || packet.length < minBytes || packet.length > maxKeystreamBytes) {
        return rejected('malformed');
      }
      const word = parseSrtcpWord(packet, keys.mkiOffset(packet) - srtcpWordBytes);
      if (word.encryption === 'unencrypted' && options.unencrypted !== 'accept') {
        return rejected('malformed');
      }
      const known = accepted.get(ssrc);
      if (known === undefined && accepted.size >= maxSsrcs) return rejected('no-key');
      const window = known ?? new ReplayWindow(windowPackets);
      const verdict = window.check(word.index);
      if (verdict !== 'ok') return rejected(verdict);
      const key = keys.find(packet);
      if (key === undefined) return rejected('no-key');
      if (key.isExhausted()) return rejected('exhausted');
      const opened = key.cipher.openRtcp(packet, { ssrc, ...word });
      if (opened === undefined) return rejected('auth');
      key.countPacket();
      window.accept(word.index);
      if (known === undefined) accepted.set(ssrc, window);
      return { ok: true, bytes: opened };
    },
    close() {
      isClosed = true;
      keys.wipe();
    },
  };
}

function rejected(reason: Rejection): Outcome {
  return { ok: false, reason };
}
