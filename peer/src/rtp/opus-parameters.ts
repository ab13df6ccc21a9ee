/** What an Opus stream says of itself to the media server (RFC 7587). */
import type { RtpCapabilities, RtpParameters } from '@earshot/protocol';

/** What a browser's sender says, without header extensions and feedback. */
export function opusSender(stream: {
  readonly ssrc: number;
  readonly payloadType: number;
}): RtpParameters {
  return {
    mid: '0',
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: stream.payloadType,
        clockRate: 48_000,
        channels: 2,
        parameters: { minptime: 10, useinbandfec: 1 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: stream.ssrc }],
    rtcp: { cname: 'earshot', reducedSize: true },
  };
}

/** The server's codecs and none of its header extensions: streams are told apart by SSRC. */
export function plainCapabilities(capabilities: RtpCapabilities | undefined): RtpCapabilities {
  return { codecs: capabilities?.codecs ?? [], headerExtensions: [] };
}
