/**
 * Between the protocol's parameter types and mediasoup-client's: the same JSON, but one side writes
 * absent fields as `undefined` and narrows strings that the other leaves open.
 */
import type { KeyingMode } from '@earshot/keying/mode';
import type {
  ConsumerOptions,
  DtlsParameters,
  RtpCapabilities,
  RtpParameters,
  TransportOptions,
} from '@earshot/protocol';
import type { types } from 'mediasoup-client';
import { constantBitrateParameters } from './opus-sdp.ts';

/** RFC 6464 and RFC 6465: loudness that the media server could read. */
const levelUris: readonly string[] = [
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'urn:ietf:params:rtp-hdrext:csrc-audio-level',
];

/**
 * The media server's capabilities as the device is to see them. In `e2ee` they ask for constant
 * bitrate, which mediasoup-client copies into the answer that configures the encoder and has no
 * codec option for; and audio levels are never offered, whatever the server says.
 */
export function routerCapabilities(
  capabilities: RtpCapabilities,
  mode: KeyingMode,
): types.RtpCapabilities {
  const restricted: RtpCapabilities =
    mode !== 'e2ee'
      ? capabilities
      : {
          codecs: (capabilities.codecs ?? []).map((codec) => ({
            ...codec,
            parameters: { ...codec.parameters, ...constantBitrateParameters },
          })),
          headerExtensions: (capabilities.headerExtensions ?? []).filter(
            (extension) => !levelUris.includes(extension.uri),
          ),
        };
  // Parsed by the protocol's schema, whose shape is mediasoup's; only optionality is written differently.
  return withoutUndefined(restricted) as types.RtpCapabilities;
}

export function deviceCapabilities(capabilities: types.RtpCapabilities): RtpCapabilities {
  return withoutUndefined(capabilities) as RtpCapabilities;
}

export function toTransportOptions(options: TransportOptions): types.TransportOptions {
  return withoutUndefined(options) as types.TransportOptions;
}

export function toConsumerParameters(options: ConsumerOptions): types.RtpParameters {
  return withoutUndefined(options.rtpParameters) as types.RtpParameters;
}

export function fromRtpParameters(parameters: types.RtpParameters): RtpParameters {
  return withoutUndefined(parameters) as RtpParameters;
}

export function fromDtlsParameters(parameters: types.DtlsParameters): DtlsParameters {
  return withoutUndefined(parameters) as DtlsParameters;
}

/** What crossed the wire as JSON anyway. */
function withoutUndefined(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
