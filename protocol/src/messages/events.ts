/** Server to client. Numbered per session from 1, so that a resumed session misses none. */
import { z } from 'zod';
import { mediaId, participantId } from '../ids.ts';
import { keysOf } from '../keys.ts';
import { producerInfo } from './requests.ts';
import { envelopeData, envelopeKind, iceCandidate, participant, peer, sdp } from './shared.ts';

/** Sent once, before `hello`, outside the numbering. */
export const welcome = z.strictObject({
  protocol: z.array(z.number().int()),
  /** The interception lab is on: this server records what it relays and taps media. Clients show it. */
  isLab: z.boolean(),
});
export type Welcome = z.infer<typeof welcome>;

export const leaveReason = z.enum(['left', 'lost']);
export type LeaveReason = z.infer<typeof leaveReason>;

export const events = {
  participantJoined: z.strictObject({ participant }),
  participantLeft: z.strictObject({ participantId, reason: leaveReason }),
  /** Muted, or its socket dropped or came back. */
  participantUpdated: z.strictObject({ participant }),
  /**
   * Across the lobby's door: to those in an `e2ee` call, who waits in the lobby; to those in the lobby, who
   * is in the call. Each agrees on keys with the other, and neither hears anything before the joining.
   */
  peerArrived: z.strictObject({ peer }),
  /** They left before both were in the call. */
  peerGone: z.strictObject({ participantId }),
  offer: z.strictObject({ from: participantId, sdp }),
  answer: z.strictObject({ from: participantId, sdp }),
  candidate: z.strictObject({ from: participantId, candidate: iceCandidate.nullable() }),
  envelope: z.strictObject({ from: participantId, kind: envelopeKind, data: envelopeData }),
  producerAdded: producerInfo,
  producerRemoved: z.strictObject({ producerId: mediaId, participantId }),
  /** The media worker died and was replaced: transports, producers and consumers are gone, set them up again. */
  mediaLost: z.strictObject({}),
  /** The session goes on in another socket; this one is closed. */
  sessionReplaced: z.strictObject({}),
  /** The server stops at the deadline (milliseconds from now). */
  draining: z.strictObject({ deadlineMs: z.number().int().min(0) }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export const eventNames = keysOf(events);
export type EventPayload<E extends EventName> = z.infer<Events[E]>;

/** Every event is emitted as `emit('event', { seq, name, payload })`. */
export const eventFrame = z.strictObject({
  seq: z.number().int().min(1),
  name: z.enum(eventNames),
  payload: z.unknown(),
});
export type EventFrame = z.infer<typeof eventFrame>;
