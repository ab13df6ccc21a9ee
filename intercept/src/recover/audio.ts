/** What a server can hear with everything it has, by keying mode. Nothing else goes in. */
import type { RtpPacket } from '../dissect/rtp.ts';
import { decodeOpus, type DecodedOpus } from '../measure/opus-decode.ts';

/**
 * The payloads as Opus. In `dtls` that is the speech; anything sealed is noise or refused, which is
 * the control that shows the seal.
 */
export function recoverAsOpus(packets: readonly RtpPacket[]): Promise<DecodedOpus> {
  return decodeOpus(
    packets.map(({ header, payload }) => ({ timestamp: header.timestamp, payload })),
  );
}
