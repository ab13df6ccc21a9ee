/** What a recorded call's tap holds of one person, and what it is with that person's real keys. */
import { writePcap } from '../dissect/pcap.ts';
import type { TappedMedia } from '../recover/from-tap.ts';
import { openSframe, type OpenedSframe } from '../recover/sframe-open.ts';
import type { RecordedCall, RecordedPerson } from './recorded-call.ts';

/** RFC 9605 section 4.3: Earshot's base keys have 32 bytes. */
const baseKeyBytes = 32;
/** The tap keeps packets, not datagrams: ports of loopback stand for the senders. */
const firstPort = 40_000;
const mediaServerPort = 39_998;
/** One packet of 20 ms Opus after the other. */
const packetUs = 20_000;

export function tappedMedia(call: RecordedCall, { id }: RecordedPerson): TappedMedia {
  const { callId, mode, tapped } = call;
  return { callId, senderId: id, mode, packets: tapped.get(id) ?? [] };
}

/** SFrame, with whatever the sender drew as base keys: it tells authentic frames from all others. */
export function openWithOwnKeys(
  media: TappedMedia,
  { drawn }: Pick<RecordedPerson, 'drawn'>,
): OpenedSframe & { readonly of: number } {
  const { callId, senderId, mode, packets } = media;
  const baseKeys = drawn.filter(({ length }) => length === baseKeyBytes);
  const opened = openSframe({ packets, origin: { callId, senderId, mode }, baseKeys });
  return { ...opened, of: packets.length };
}

/**
 * The payloads that the media server forwarded, as one datagram each: in `sdes` complete SRTP packets that any SRTP
 * tool opens with the `a=crypto` line. Times are the order, 20 ms apart.
 */
export function tapAsPcap(call: RecordedCall): Uint8Array {
  const isInnerSrtp = call.mode === 'sdes';
  const datagrams = call.people.flatMap((person, place) =>
    tappedMedia(call, person).packets.map(({ payload, bytes }, i) => ({
      atUs: i * packetUs,
      from: { address: '127.0.0.1', port: firstPort + 2 * place },
      to: { address: '127.0.0.1', port: mediaServerPort },
      payload: isInnerSrtp ? payload : bytes,
    })),
  );
  return writePcap(datagrams.sort((a, b) => a.atUs - b.atUs));
}
