/** Opens what the media server forwards of one person with all that the server has: its log. */
import type { KeyingMode } from '@earshot/keying/mode';
import { KeyingError } from '@earshot/keying/errors';
import { findSuite, parseCryptoLine, wipeCryptoAttribute } from '@earshot/keying/sdes';
import {
  createSrtpReceiver,
  parseRtpHeader,
  rtpPayload,
  type SrtpReceiver,
} from '@earshot/keying/srtp';

/** An encoded frame that the server could play. */
export interface OpenedFrame {
  /** 32 bits, of the RTP clock. */
  readonly timestamp: number;
  /** Opus. */
  readonly payload: Uint8Array;
}

export interface ForwardedPacket {
  /** As forwarded: Opus, a whole inner SRTP packet, or a sealed frame. */
  readonly payload: Uint8Array;
  readonly opened: OpenedFrame | undefined;
}

/** As participants do who come late; 256 roll-overs last for 93 hours. */
const rocCandidates = 256;

export class MediaOpener {
  readonly #mode: KeyingMode;
  readonly #receivers = new Map<string, SrtpReceiver>();

  constructor(mode: KeyingMode) {
    this.#mode = mode;
  }

  /** An `a=crypto` line that the person had relayed. What is not one, or of another suite, opens nothing. */
  addCryptoLine(line: string): void {
    if (this.#receivers.has(line)) return;
    try {
      const attribute = parseCryptoLine(line);
      const suite = findSuite(attribute.suite);
      const [first, ...others] = attribute.keys;
      if (suite !== undefined && first !== undefined) {
        const keys = [first, ...others] as const;
        this.#receivers.set(line, createSrtpReceiver({ suite, keys, rocCandidates }));
      }
      wipeCryptoAttribute(attribute);
    } catch (error) {
      // A server that keeps no keys has lines without them.
      if (!(error instanceof KeyingError)) throw error;
    }
  }

  /** @returns undefined if the bytes are not an RTP packet */
  open(rtp: Uint8Array): ForwardedPacket | undefined {
    const packet = dissect(rtp);
    if (packet === undefined) return undefined;
    const { payload } = packet;
    switch (this.#mode) {
      case 'dtls':
        return { payload, opened: payload.length === 0 ? undefined : packet };
      case 'sdes':
        return { payload, opened: this.#openSrtp(payload) };
      case 'e2ee':
        return { payload, opened: undefined };
    }
  }

  /** Wipes the keys. Idempotent. */
  close(): void {
    for (const receiver of this.#receivers.values()) receiver.close();
    this.#receivers.clear();
  }

  #openSrtp(srtp: Uint8Array): OpenedFrame | undefined {
    for (const receiver of this.#receivers.values()) {
      const outcome = receiver.unprotect(srtp);
      if (outcome.ok) return dissect(outcome.bytes);
    }
    return undefined;
  }
}

function dissect(rtp: Uint8Array): OpenedFrame | undefined {
  const header = parseRtpHeader(rtp);
  const payload = header && rtpPayload(rtp, header);
  return payload && { timestamp: header.timestamp, payload };
}
