/** Client to server. One row per verb: `input` is what the client sends, `result` what a successful answer carries. */
import { z } from 'zod';
import { callId, mediaId, participantId, requestId, resumeToken, sessionId } from '../ids.ts';
import { keysOf } from '../keys.ts';
import {
  consumerOptions,
  dtlsParameters,
  iceParameters,
  rtpCapabilities,
  rtpParameters,
  transportDirection,
  transportOptions,
} from './media.ts';
import {
  cryptoLine,
  displayName,
  envelopeData,
  envelopeKind,
  iceCandidate,
  iceServer,
  keyingMode,
  participant,
  peer,
  sdp,
  topology,
} from './shared.ts';

const nothing = z.strictObject({});

/** A producer as its receivers need it. `crypto` is present in `sdes` rooms only. */
export const producerInfo = z.strictObject({
  producerId: mediaId,
  participantId,
  crypto: cryptoLine.optional(),
});
export type ProducerInfo = z.infer<typeof producerInfo>;

const requests = {
  /** First message on a socket: a new session, or the resumption of one whose socket dropped. */
  hello: {
    input: z.strictObject({
      protocol: z.number().int(),
      resume: z
        .strictObject({ sessionId, token: resumeToken, lastEvent: z.number().int().min(0) })
        .optional(),
    }),
    result: z.strictObject({
      sessionId,
      /** Valid until the next `hello` of this session. */
      resumeToken,
      leaseMs: z.number().int().positive(),
      /** True: events after `lastEvent` follow, none lost. */
      isResumed: z.boolean(),
    }),
  },
  /** Ends the session, leaving its call. */
  bye: { input: nothing, result: nothing },
  createCall: {
    input: z.strictObject({ mode: keyingMode, topology }),
    result: z.strictObject({ callId }),
  },
  /**
   * A place before a call, for who is about to join it: one's id and place in the order, and whom to agree
   * on keys with meanwhile. Nobody in the call is told a name, nor is anybody told who is in it.
   */
  enterLobby: {
    input: z.strictObject({ callId, mode: keyingMode, topology }),
    result: z.strictObject({
      self: peer,
      mode: keyingMode,
      topology,
      /** Who is in the call, by join order. */
      peers: z.array(peer),
    }),
  },
  /**
   * From the lobby, with the id and order given there, or straight away. `mode` and `topology` are what the
   * invite link says; the server refuses others, and so does the client.
   */
  join: {
    input: z.strictObject({
      callId,
      mode: keyingMode,
      topology,
      name: displayName,
      isMuted: z.boolean(),
    }),
    result: z.strictObject({
      self: participant,
      mode: keyingMode,
      topology,
      /** The others, by join order. */
      participants: z.array(participant),
      producers: z.array(producerInfo),
      iceServers: z.array(iceServer),
      /** The media server's capabilities; in rooms only. */
      rtpCapabilities: rtpCapabilities.optional(),
    }),
  },
  /** Leaves the call, or its lobby. */
  leave: { input: nothing, result: nothing },
  setMuted: { input: z.strictObject({ isMuted: z.boolean() }), result: nothing },

  // Direct calls: relayed to the participant named. In `sdes` the descriptions carry `a=crypto` lines.
  offer: { input: z.strictObject({ to: participantId, sdp }), result: nothing },
  answer: { input: z.strictObject({ to: participantId, sdp }), result: nothing },
  candidate: {
    input: z.strictObject({ to: participantId, candidate: iceCandidate.nullable() }),
    result: nothing,
  },

  /** `e2ee`: relayed unread to the one named: a participant or, from a participant, somebody in the lobby. */
  envelope: {
    input: z.strictObject({ to: participantId, kind: envelopeKind, data: envelopeData }),
    result: nothing,
  },

  // Rooms: media through the SFU.
  createTransport: {
    input: z.strictObject({ direction: transportDirection }),
    result: transportOptions,
  },
  connectTransport: {
    input: z.strictObject({ transportId: mediaId, dtlsParameters }),
    result: nothing,
  },
  restartIce: {
    input: z.strictObject({ transportId: mediaId }),
    result: z.strictObject({ iceParameters }),
  },
  produce: {
    input: z.strictObject({ transportId: mediaId, rtpParameters, crypto: cryptoLine.optional() }),
    result: z.strictObject({ producerId: mediaId }),
  },
  /** The consumer starts paused; `resumeConsumer` when the receiver is ready. */
  consume: {
    input: z.strictObject({ transportId: mediaId, producerId: mediaId, rtpCapabilities }),
    result: consumerOptions,
  },
  resumeConsumer: { input: z.strictObject({ consumerId: mediaId }), result: nothing },
} as const;

export type Requests = typeof requests;
export type Verb = keyof Requests;
export const verbs = keysOf(requests);
export type RequestInput<V extends Verb> = z.infer<Requests[V]['input']>;
export type RequestResult<V extends Verb> = z.infer<Requests[V]['result']>;

/** The same table, typed so that a verb held in a variable keeps its schemas. */
export const requestSchemas: {
  readonly [V in Verb]: {
    readonly input: z.ZodType<RequestInput<V>>;
    readonly result: z.ZodType<RequestResult<V>>;
  };
} = requests;

/** Every request is emitted as `emit(verb, { id, input }, ack)`. */
export const requestFrame = z.strictObject({ id: requestId, input: z.unknown() });
export type RequestFrame = z.infer<typeof requestFrame>;
