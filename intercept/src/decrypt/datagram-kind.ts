/** What travels on a media port, told apart by its first bytes (RFC 7983; RTCP: RFC 5761 section 4). */
import { fixedHeaderBytes, isRtcp } from '@earshot/keying/srtp';

export type DatagramKind = 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'zrtp' | 'turnChannel' | 'other';

/** RFC 8489 section 5. */
const stunMagicCookie = 0x2112a442;
const stunHeaderBytes = 20;
/** RFC 6347 section 4.1. */
const dtlsHeaderBytes = 13;
const channelHeaderBytes = 4;

/**
 *     first byte   0 to 3  STUN    16 to 19  ZRTP    20 to 63  DTLS    64 to 79  TURN channel    128 to 191  RTP, RTCP
 */
export function datagramKindOf(payload: Buffer): DatagramKind {
  const first = payload[0] ?? 255;
  if (first >= 128 && first < 192) {
    if (isRtcp(payload)) return 'rtcp';
    return payload.length >= fixedHeaderBytes ? 'rtp' : 'other';
  }
  if (first < 4) return isStun(payload) ? 'stun' : 'other';
  if (first >= 16 && first < 20) return 'zrtp';
  if (first >= 20 && first < 64) return payload.length >= dtlsHeaderBytes ? 'dtls' : 'other';
  if (first >= 64 && first < 80)
    return channelData(payload) === undefined ? 'other' : 'turnChannel';
  return 'other';
}

function isStun(payload: Buffer): boolean {
  return payload.length >= stunHeaderBytes && payload.readUInt32BE(4) === stunMagicCookie;
}

/**
 * What a TURN relay carries in a channel (RFC 8656 section 12.4): number (2), length (2), data.
 * @returns undefined if the length does not fit.
 */
export function channelData(payload: Buffer): Buffer | undefined {
  if (payload.length < channelHeaderBytes) return undefined;
  const end = channelHeaderBytes + payload.readUInt16BE(2);
  // Over UDP there may be padding, and no more than that.
  return end > payload.length || payload.length - end > 3
    ? undefined
    : payload.subarray(channelHeaderBytes, end);
}
