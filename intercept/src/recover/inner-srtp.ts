/**
 * `sdes`: each tapped payload is a complete SRTP packet (RFC 3711) under the key that the `a=crypto`
 * line in the signaling record holds.
 */
import { KeyingError, type Rejection } from '@earshot/keying/errors';
import { findSuite, parseCryptoLine, wipeCryptoAttribute } from '@earshot/keying/sdes';
import { createSrtpReceiver, type SrtpReceiver } from '@earshot/keying/srtp';
import { dissectRtp, type RtpPacket } from '../dissect/rtp.ts';

export interface UnprotectedSrtp {
  /** The inner RTP packets that were authentic, in the order given. */
  readonly packets: readonly RtpPacket[];
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>;
}

/**
 * Opens SRTP packets with one `a=crypto` line; an unsupported suite opens nothing.
 * @throws KeyingError `sdes-invalid` if the line is not one.
 */
export function openWithCryptoLine(
  srtpPackets: readonly Uint8Array[],
  cryptoLine: string,
): UnprotectedSrtp {
  const receiver = receiverFor(cryptoLine);
  const packets: RtpPacket[] = [];
  const rejected: Partial<Record<Rejection, number>> = {};
  for (const srtp of srtpPackets) {
    const outcome = receiver?.unprotect(srtp) ?? { ok: false, reason: 'no-key' };
    const packet = outcome.ok ? dissectRtp(outcome.bytes) : undefined;
    if (packet !== undefined) packets.push(packet);
    else {
      const reason = outcome.ok ? 'malformed' : outcome.reason;
      rejected[reason] = (rejected[reason] ?? 0) + 1;
    }
  }
  receiver?.close();
  return { packets, rejected };
}

/** Of several lines (an offer has one per suite), what the line opens that opens most. */
export function openWithAnyCryptoLine(
  srtpPackets: readonly Uint8Array[],
  cryptoLines: readonly string[],
): UnprotectedSrtp & { readonly line: string | undefined } {
  let best: UnprotectedSrtp & { readonly line: string | undefined } = {
    packets: [],
    rejected: { 'no-key': srtpPackets.length },
    line: undefined,
  };
  for (const line of cryptoLines) {
    const opened = openWithCryptoLine(srtpPackets, line);
    if (opened.packets.length > best.packets.length) best = { ...opened, line };
  }
  return best;
}

/** Whether a line is complete: a record may have been kept without its keys. */
export function holdsKey(line: string): boolean {
  try {
    wipeCryptoAttribute(parseCryptoLine(line));
    return true;
  } catch (error) {
    if (error instanceof KeyingError) return false;
    throw error;
  }
}

function receiverFor(cryptoLine: string): SrtpReceiver | undefined {
  const attribute = parseCryptoLine(cryptoLine);
  try {
    const suite = findSuite(attribute.suite);
    const [first, ...others] = attribute.keys;
    if (suite === undefined || first === undefined) return undefined;
    return createSrtpReceiver({ suite, keys: [first, ...others] });
  } finally {
    wipeCryptoAttribute(attribute);
  }
}
