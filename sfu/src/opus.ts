/**
 * What a room negotiates: Opus, and the header extensions on this list.
 *
 * No RED (RFC 2198), no other codec, no video. A list of what is offered, not of what is left out:
 * an extension that a later mediasoup adds stays out until someone has asked what it shows.
 */
import type { types } from 'mediasoup';

/**
 * RFC 7587: the RTP clock of Opus is always 48 kHz with two channels, whatever is encoded.
 * In-band FEC (section 6.1 of the RFC) repairs single losses without a retransmission.
 */
export const opusCodec = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  parameters: { useinbandfec: 1 },
} as const satisfies types.RouterRtpCodecCapability;

/** RFC 6464: one byte in clear beside each packet that says how loud it is, and so who speaks when. */
const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** RFC 8843 section 15: which stream a packet belongs to. */
const midUri = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** Sequence number per transport, for the sender's congestion control (from client to SFU only). */
const transportSequenceUri =
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** The header extensions that a room offers. `abs-capture-time` and the like are not among them. */
export function offeredExtensions(options: {
  readonly allowAudioLevel: boolean;
}): readonly types.RtpHeaderExtensionUri[] {
  return options.allowAudioLevel
    ? [midUri, transportSequenceUri, audioLevelUri]
    : [midUri, transportSequenceUri];
}
