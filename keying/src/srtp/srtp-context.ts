import type { Outcome, Rejection } from '../errors.ts';
import { ReplayWindow } from '../replay-window.ts';
import { maxSrtpPackets } from '../sdes/suites.ts';
import type { CryptoSuite } from '../sdes/suites.ts';
import { maxKeystreamBytes } from './aes-counter-mode.ts';
import { MasterKeys } from './master-keys.ts';
import type { SrtpMasterKey } from './master-keys.ts';
import type { PacketCipherFactory } from './packet-cipher.ts';
import {
  guessPacketIndex,
  maxPacketIndex,
  packetIndex,
  rollOverCounterOf,
} from './packet-index.ts';
import { parseRtpHeader } from './rtp-header.ts';

export interface SrtpSenderOptions {
  readonly suite: CryptoSuite;
  readonly key: SrtpMasterKey;
  /** Roll-over counter of the first packet of each SSRC; 0 by RFC 4568 section 6.4. */
  readonly initialRoc?: number;
  /** SSRCs that may share the key; default 64. */
  readonly maxSsrcs?: number;
  /** Another implementation of the suite's transform, in native code for instance; default: @noble. */
  readonly createCipher?: PacketCipherFactory;
}

/** Protects the RTP packets of one direction. Per-SSRC state; the caller keeps SSRCs apart. */
export interface SrtpSender {
  /**
   * @param packet complete RTP packet: CSRC list, extension and padding as they are. Not changed.
   * @returns the SRTP packet. Rejections: `malformed`; `replay` or `too-old` for an index that was
   * protected before, which would encrypt two packets under one keystream; `exhausted`; `no-key`
   * after `close()` or for an SSRC too many.
   */
  protect(packet: Uint8Array): Outcome;
  /** Roll-over counter of an SSRC; undefined before its first packet. */
  rocOf(ssrc: number): number | undefined;
  /** Wipes the session keys. Idempotent. */
  close(): void;
}

export interface SrtpReceiverOptions {
  readonly suite: CryptoSuite;
  /** One key, or several told apart by MKIs of one length. */
  readonly keys: readonly [SrtpMasterKey, ...SrtpMasterKey[]];
  /** Packets; a power of two, at least 64 (RFC 3711 section 3.3.2); default 1024. */
  readonly replayWindowPackets?: number;
  /** SSRCs for which state is kept, each only once a packet of it has proved authentic; default 64. */
  readonly maxSsrcs?: number;
  /** Roll-over counter assumed for the first packet of an SSRC; default 0. */
  readonly initialRoc?: number;
  /**
   * For receivers that join late: roll-over counters tried, from `initialRoc` on, for the first
   * packet of an SSRC; default 1. Each multiplies the chance of a forged first packet.
   */
  readonly rocCandidates?: number;
  /** As for a sender. */
  readonly createCipher?: PacketCipherFactory;
}

/** Opens the SRTP packets of one direction. */
export interface SrtpReceiver {
  /**
   * @param packet complete SRTP packet. Not changed.
   * @returns the RTP packet. Rejections: `malformed`, `replay`, `too-old`, `auth`, `exhausted`;
   * `no-key` for an unknown MKI, an SSRC too many, or after `close()`.
   */
  unprotect(packet: Uint8Array): Outcome;
  /** Roll-over counter of an SSRC; undefined before its first authentic packet. */
  rocOf(ssrc: number): number | undefined;
  /** Wipes the session keys. Idempotent. */
  close(): void;
}

const defaultMaxSsrcs = 64;

/** @throws RangeError or TypeError for options that do not fit the suite. */
export function createSrtpSender(options: SrtpSenderOptions): SrtpSender {
  return new SrtpSenderContext(options);
}

/** @throws RangeError or TypeError for options that do not fit the suite. */
export function createSrtpReceiver(options: SrtpReceiverOptions): SrtpReceiver {
  return new SrtpReceiverContext(options);
}

class SrtpSenderContext implements SrtpSender {
  readonly #keys: MasterKeys;
  readonly #initialRoc: number;
  readonly #maxSsrcs: number;
  /** What was protected, by SSRC: the highest index is ROC and s_l. */
  readonly #protected = new Map<number, ReplayWindow>();
  #isClosed = false;

  constructor(options: SrtpSenderOptions) {
    this.#initialRoc = requireRoc(options.initialRoc ?? 0);
    this.#maxSsrcs = requireCount(options.maxSsrcs ?? defaultMaxSsrcs);
    this.#keys = new MasterKeys({
      suite: options.suite,
      keys: [options.key],
      stream: 'srtp',
      maxPackets: maxSrtpPackets,
      createCipher: options.createCipher,
    });
  }

  protect(packet: Uint8Array): Outcome {
    if (this.#isClosed) return rejected('no-key');
    const header = parseRtpHeader(packet);
    if (header === undefined) return rejected('malformed');
    if (packet.length - header.headerBytes > maxKeystreamBytes) return rejected('malformed');
    const known = this.#protected.get(header.ssrc);
    if (known === undefined && this.#protected.size >= this.#maxSsrcs) return rejected('no-key');
    const index =
      known === undefined
        ? packetIndex(this.#initialRoc, header.sequenceNumber)
        : guessPacketIndex(known.highest, header.sequenceNumber);
    const window = known ?? new ReplayWindow();
    const refusal = refusalOf(window, index);
    if (refusal !== undefined) return rejected(refusal);
    const key = this.#keys.first;
    if (key.isExhausted()) return rejected('exhausted');
    key.countPacket();
    window.accept(index);
    if (known === undefined) this.#protected.set(header.ssrc, window);
    return { ok: true, bytes: key.cipher.sealRtp(packet, { ...header, index }) };
  }

  rocOf(ssrc: number): number | undefined {
    return rocOf(this.#protected.get(ssrc));
  }

  close(): void {
    this.#isClosed = true;
    this.#keys.wipe();
  }
}

class SrtpReceiverContext implements SrtpReceiver {
  readonly #keys: MasterKeys;
  readonly #initialRoc: number;
  readonly #rocCandidates: number;
  readonly #maxSsrcs: number;
  readonly #windowPackets: number;
  readonly #accepted = new Map<number, ReplayWindow>();
  #isClosed = false;

  constructor(options: SrtpReceiverOptions) {
    this.#initialRoc = requireRoc(options.initialRoc ?? 0);
    this.#rocCandidates = requireCount(options.rocCandidates ?? 1);
    this.#maxSsrcs = requireCount(options.maxSsrcs ?? defaultMaxSsrcs);
    this.#windowPackets = new ReplayWindow(options.replayWindowPackets).size;
    this.#keys = new MasterKeys({
      suite: options.suite,
      keys: options.keys,
      stream: 'srtp',
      maxPackets: maxSrtpPackets,
      createCipher: options.createCipher,
    });
  }

  unprotect(packet: Uint8Array): Outcome {
    if (this.#isClosed) return rejected('no-key');
    const header = parseRtpHeader(packet);
    const trailerBytes = this.#keys.mkiBytes + this.#keys.tagBytes;
    if (header === undefined || packet.length < header.headerBytes + trailerBytes) {
      return rejected('malformed');
    }
    if (packet.length - header.headerBytes > maxKeystreamBytes) return rejected('malformed');
    const known = this.#accepted.get(header.ssrc);
    if (known === undefined && this.#accepted.size >= this.#maxSsrcs) return rejected('no-key');
    const window = known ?? new ReplayWindow(this.#windowPackets);
    const candidates =
      known === undefined
        ? this.#firstIndices(header.sequenceNumber)
        : [guessPacketIndex(known.highest, header.sequenceNumber)];
    for (const index of candidates) {
      // Before the tag, as RFC 3711 section 3.3 orders it: a replayed packet costs no MAC. It tells
      // a forger nothing, since sequence numbers are in clear.
      const refusal = refusalOf(window, index);
      if (refusal !== undefined) return rejected(refusal);
      const key = this.#keys.find(packet);
      if (key === undefined) return rejected('no-key');
      if (key.isExhausted()) return rejected('exhausted');
      const opened = key.cipher.openRtp(packet, { ...header, index });
      if (opened === undefined) continue;
      // Only now is anything stored: late binding needs an authentic packet (RFC 4568 section 6.4.1).
      key.countPacket();
      window.accept(index);
      if (known === undefined) this.#accepted.set(header.ssrc, window);
      return { ok: true, bytes: opened };
    }
    return rejected('auth');
  }

  rocOf(ssrc: number): number | undefined {
    return rocOf(this.#accepted.get(ssrc));
  }

  close(): void {
    this.#isClosed = true;
    this.#keys.wipe();
  }

  #firstIndices(sequenceNumber: number): number[] {
    const count = Math.min(this.#rocCandidates, 2 ** 32 - this.#initialRoc);
    return Array.from({ length: count }, (_, i) =>
      packetIndex(this.#initialRoc + i, sequenceNumber),
    );
  }
}

/** What an index alone says against a packet. */
function refusalOf(window: ReplayWindow, index: number): Rejection | undefined {
  if (index < 0) return 'too-old';
  if (index > maxPacketIndex) return 'exhausted';
  const verdict = window.check(index);
  return verdict === 'ok' ? undefined : verdict;
}

function rocOf(window: ReplayWindow | undefined): number | undefined {
  return window === undefined ? undefined : rollOverCounterOf(window.highest);
}

function rejected(reason: Rejection): Outcome {
  return { ok: false, reason };
}

function requireRoc(roc: number): number {
  if (!Number.isInteger(roc) || roc < 0 || roc >= 2 ** 32) {
    throw new RangeError(`not a roll-over counter: ${roc}`);
  }
  return roc;
}

function requireCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`not a count: ${count}`);
  return count;
}
