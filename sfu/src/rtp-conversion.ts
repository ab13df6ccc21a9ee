/**
 * The one place where protocol shapes become mediasoup's, and back.
 *
 * Towards mediasoup everything is rebuilt field by field: what is not named here does not arrive.
 * From mediasoup the protocol's own schemas parse it, so that what clients get is what they validate.
 */
import {
  consumerOptions,
  iceParameters,
  rtpCapabilities,
  transportOptions,
  type ConsumerOptions,
  type DtlsParameters,
  type IceParameters,
  type RtpCapabilities,
  type RtpParameters,
  type TransportOptions,
} from '@earshot/protocol';
import type { types } from 'mediasoup';
import { refused } from './media-errors.ts';
import { opusCodec } from './opus.ts';

type Offered = readonly types.RtpHeaderExtensionUri[];

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/**
 * Refuses, rather than strips, what the room did not offer: a client that sends an audio level where
 * none was negotiated is not the client that was tested.
 * @throws ProtocolError `media-refused`
 */
export function toProducerParameters(
  parameters: RtpParameters,
  offered: Offered,
): types.RtpParameters {
  const [codec, ...otherCodecs] = parameters.codecs;
  if (codec === undefined || otherCodecs.length > 0) throw refused('exactly one codec');
  if (!isOpus(codec)) throw refused('the codec is not Opus');
  const [encoding] = parameters.encodings ?? [];
  if (encoding?.rid !== undefined) throw refused('simulcast');
  return {
    ...defined({ mid: parameters.mid, msid: parameters.msid }),
    codecs: [
      {
        mimeType: codec.mimeType,
        payloadType: codec.payloadType,
        clockRate: codec.clockRate,
        ...defined({ channels: codec.channels, parameters: codec.parameters }),
        rtcpFeedback: toFeedback(codec.rtcpFeedback),
      },
    ],
    headerExtensions: (parameters.headerExtensions ?? []).map((extension) => {
      const uri = offered.find((candidate) => candidate === extension.uri);
      if (uri === undefined) throw refused('a header extension that was not offered');
      return {
        uri,
        id: extension.id,
        ...defined({ encrypt: extension.encrypt, parameters: extension.parameters }),
      };
    }),
    encodings:
      encoding === undefined
        ? []
        : [
            defined({
              ssrc: encoding.ssrc,
              dtx: encoding.dtx,
              maxBitrate: encoding.maxBitrate,
            }),
          ],
    rtcp: defined({
      cname: parameters.rtcp?.cname,
      reducedSize: parameters.rtcp?.reducedSize,
    }),
  };
}

/** What the endpoint can receive of what the room offers. */
export function toConsumerCapabilities(
  capabilities: RtpCapabilities,
  offered: Offered,
): types.RtpCapabilities {
  return {
    codecs: (capabilities.codecs ?? []).flatMap((codec) =>
      isOpus(codec) && codec.preferredPayloadType !== undefined
        ? [
            {
              kind: 'audio' as const,
              mimeType: codec.mimeType,
              preferredPayloadType: codec.preferredPayloadType,
              clockRate: codec.clockRate,
              ...defined({ channels: codec.channels, parameters: codec.parameters }),
              rtcpFeedback: toFeedback(codec.rtcpFeedback),
            },
          ]
        : [],
    ),
    headerExtensions: (capabilities.headerExtensions ?? []).flatMap((extension) => {
      const uri = offered.find((candidate) => candidate === extension.uri);
      if (uri === undefined || extension.kind !== 'audio') return [];
      return [
        {
          kind: extension.kind,
          uri,
          preferredId: extension.preferredId,
          ...defined({
            preferredEncrypt: extension.preferredEncrypt,
            direction: extension.direction,
          }),
        },
      ];
    }),
  };
}

export function toDtlsParameters(parameters: DtlsParameters): types.DtlsParameters {
  return { ...defined({ role: parameters.role }), fingerprints: parameters.fingerprints };
}

/** The router's capabilities, less the header extensions that the room does not offer. */
export function fromRouterCapabilities(
  capabilities: types.RtpCapabilities,
  offered: Offered,
): RtpCapabilities {
  return rtpCapabilities.parse({
    ...capabilities,
    headerExtensions: (capabilities.headerExtensions ?? []).filter(
      (extension) => extension.kind === 'audio' && offered.includes(extension.uri),
    ),
  });
}

export function fromTransport(transport: types.WebRtcTransport): TransportOptions {
  return transportOptions.parse({
    id: transport.id,
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates,
    dtlsParameters: transport.dtlsParameters,
  });
}

export function fromIceParameters(parameters: types.IceParameters): IceParameters {
  return iceParameters.parse(parameters);
}

export function fromConsumer(consumer: types.Consumer): ConsumerOptions {
  return consumerOptions.parse({
    consumerId: consumer.id,
    producerId: consumer.producerId,
    rtpParameters: consumer.rtpParameters,
  });
}

function isOpus(codec: { mimeType: string; clockRate: number; channels?: number | undefined }) {
  return (
    codec.mimeType.toLowerCase() === opusCodec.mimeType &&
    codec.clockRate === opusCodec.clockRate &&
    codec.channels === opusCodec.channels
  );
}

function toFeedback(
  feedback: readonly { type: string; parameter?: string | undefined }[] | undefined,
): types.RtcpFeedback[] {
  return (feedback ?? []).map(({ type, parameter }) => ({ type, ...defined({ parameter }) }));
}

/** Leaves out what is undefined: mediasoup tells an absent field from an undefined one. */
function defined<T extends Record<string, unknown>>(fields: T): Partial<Defined<T>> {
  const present: Partial<Defined<T>> = {};
  for (const key in fields) {
    const value = fields[key];
    if (isDefined(value)) present[key] = value;
  }
  return present;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
