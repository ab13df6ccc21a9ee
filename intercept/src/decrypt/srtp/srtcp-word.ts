/** What SRTCP adds to a packet (RFC 3711 section 3.4): the E flag and a 31-bit index. */
import type { RtcpPosition } from '@earshot/keying/srtp';

export const srtcpWordBytes = 4;
/** Header and SSRC of the first RTCP packet stay in clear. */
export const rtcpClearBytes = 8;

export function srtcpWord({ index, encryption }: RtcpPosition): number {
  return index + (encryption === 'encrypted' ? 2 ** 31 : 0);
}
