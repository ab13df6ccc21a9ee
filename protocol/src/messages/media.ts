/**
 * mediasoup's parameter shapes, as far as Earshot uses them: audio only. The media server validates
 * them in full; these bounds keep hostile input away from it.
 */
import { z } from 'zod';
import { mediaId } from '../ids.ts';

const dtlsFingerprint = z.strictObject({
  algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
  value: z.string().max(256),
});

export const dtlsParameters = z.strictObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z.array(dtlsFingerprint).min(1).max(8),
});
export type DtlsParameters = z.infer<typeof dtlsParameters>;

export const iceParameters = z.strictObject({
  usernameFragment: z.string().max(256),
  password: z.string().max(256),
  iceLite: z.boolean().optional(),
});
export type IceParameters = z.infer<typeof iceParameters>;

export const serverIceCandidate = z.looseObject({
  foundation: z.string().max(64),
  priority: z.number().int().min(0),
  ip: z.string().max(64),
  address: z.string().max(255),
  protocol: z.enum(['udp', 'tcp']),
  port: z.number().int().min(0).max(65535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.enum(['active', 'passive', 'so']).optional(),
});
export type ServerIceCandidate = z.infer<typeof serverIceCandidate>;

const parameterValue = z.union([z.string().max(200), z.number(), z.boolean(), z.null()]);
const codecParameters = z.record(z.string().max(64), parameterValue);
const rtcpFeedback = z.strictObject({
  type: z.string().max(32),
  parameter: z.string().max(32).optional(),
});

const headerExtension = z.strictObject({
  uri: z.string().max(200),
  id: z.number().int().min(1).max(255),
  encrypt: z.boolean().optional(),
  parameters: codecParameters.optional(),
});

/** Sending or receiving parameters of one audio stream. */
export const rtpParameters = z.strictObject({
  mid: z.string().max(32).optional(),
  codecs: z
    .array(
      z.strictObject({
        mimeType: z.string().max(64),
        payloadType: z.number().int().min(0).max(127),
        clockRate: z.number().int().min(1),
        channels: z.number().int().min(1).max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: z.array(rtcpFeedback).max(16).optional(),
      }),
    )
    .min(1)
    .max(8),
  headerExtensions: z.array(headerExtension).max(32).optional(),
  encodings: z
    .array(
      z
        .object({
          ssrc: z.number().int().min(0).max(0xffffffff).optional(),
          rid: z.string().max(32).optional(),
          dtx: z.boolean().optional(),
          maxBitrate: z.number().int().min(0).optional(),
        })
        // Browsers add fields of their own (`active`, `priority`); nothing with a structure, which could be deep.
        .catchall(parameterValue),
    )
    .max(1)
    .optional(),
  rtcp: z
    .strictObject({
      cname: z.string().max(255).optional(),
      reducedSize: z.boolean().optional(),
      mux: z.boolean().optional(),
    })
    .optional(),
  msid: z.string().max(255).optional(),
});
export type RtpParameters = z.infer<typeof rtpParameters>;

/** What an endpoint can receive. */
export const rtpCapabilities = z.strictObject({
  codecs: z
    .array(
      z.strictObject({
        kind: z.enum(['audio', 'video']),
        mimeType: z.string().max(64),
        preferredPayloadType: z.number().int().min(0).max(127).optional(),
        clockRate: z.number().int().min(1),
        channels: z.number().int().min(1).max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: z.array(rtcpFeedback).max(16).optional(),
      }),
    )
    .max(64)
    .optional(),
  headerExtensions: z
    .array(
      z.strictObject({
        kind: z.enum(['audio', 'video']),
        uri: z.string().max(200),
        preferredId: z.number().int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64)
    .optional(),
});
export type RtpCapabilities = z.infer<typeof rtpCapabilities>;

export const transportDirection = z.enum(['send', 'receive']);
export type TransportDirection = z.infer<typeof transportDirection>;

export const transportOptions = z.strictObject({
  id: mediaId,
  iceParameters,
  iceCandidates: z.array(serverIceCandidate).max(32),
  dtlsParameters,
});
export type TransportOptions = z.infer<typeof transportOptions>;

export const consumerOptions = z.strictObject({
  consumerId: mediaId,
  producerId: mediaId,
  rtpParameters,
});
export type ConsumerOptions = z.infer<typeof consumerOptions>;
