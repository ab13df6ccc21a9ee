/**
 * Between the protocol's parameter types and mediasoup-client's: the same JSON, but one side writes
 * absent fields as `undefined` and narrows strings that the other leaves open.
 */
import type { KeyingMode } from '@earshot/keying/mode';
import {
  dtlsParameters as dtlsParametersSchema,
  rtpCapabilities as rtpCapabilitiesSchema,
  rtpParameters as rtpParametersSchema,
  type ConsumerOptions,
  type DtlsParameters,
  type RtpCapabilities,
  type RtpParameters,
  type TransportOptions,
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
  return toMediasoup(restricted);
}

export function toTransportOptions(options: TransportOptions): types.TransportOptions {
  return toMediasoup(options);
}

export function toConsumerParameters(options: ConsumerOptions): types.RtpParameters {
  return toMediasoup(options.rtpParameters);
}

/** @throws ZodError when the device says what the protocol has no words for */
export function deviceCapabilities(capabilities: types.RtpCapabilities): RtpCapabilities {
  return rtpCapabilitiesSchema.parse(asJson(capabilities));
}

/** @throws ZodError like `deviceCapabilities` */
export function fromRtpParameters(parameters: types.RtpParameters): RtpParameters {
  return rtpParametersSchema.parse(asJson(parameters));
}

/** @throws ZodError like `deviceCapabilities` */
export function fromDtlsParameters(parameters: types.DtlsParameters): DtlsParameters {
  return dtlsParametersSchema.parse(asJson(parameters));
}

/** The values have been parsed by the protocol's schema, which is mediasoup's shape; only optionality is typed differently. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- each caller names its own shape
function toMediasoup<T>(parsed: object): T {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- see above: parsed at the edge
  return asJson(parsed) as T;
}

/** What crosses the wire as JSON anyway: absent instead of undefined. */
function asJson(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
