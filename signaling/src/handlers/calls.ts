/** Making, finding, joining and leaving calls. */
import { ProtocolError } from '@earshot/protocol';
import { requireMember, requireSession } from '../caller.ts';
import { toParticipant } from '../call.ts';
import type { Handler } from '../dispatch.ts';
import { passEnvelope, requireEnvelopesIn } from './relay.ts';

export const createCall: Handler<'createCall'> = async (caller, kind) => {
  requireSession(caller);
  const { calls, isDraining, rateLimits } = caller.services;
  if (isDraining()) throw new ProtocolError('draining');
  await rateLimits.takeCreatedCall(caller.address);
  return { callId: calls.create(kind).id };
};

export const lookUpCall: Handler<'lookUpCall'> = (caller, { callId }) => {
  requireSession(caller);
  const { mode, topology, size, capacity } = caller.services.calls.find(callId);
  return { mode, topology, participants: size, capacity };
};

export const join: Handler<'join'> = async (caller, input) => {
  const { calls, isDraining, iceServersFor } = caller.services;
  const session = requireSession(caller);
  if (isDraining()) throw new ProtocolError('draining');
  if (session.member !== undefined) throw new ProtocolError('already-joined');
  const call = calls.find(input.callId);
  call.requireKind(input);
  if (input.envelopes !== undefined) requireEnvelopesIn(call.mode);
  if (call.size >= call.capacity) throw new ProtocolError('call-full');
  const media = call.topology === 'room' ? await call.room.open() : undefined;
  // The session may have ended, and the call filled up, while the room was opened.
  requireSession(caller);
  const self = call.join(session, input);
  for (const [i, to] of call.others(self).entries()) {
    const data = input.envelopes?.[i];
    if (data !== undefined) passEnvelope(caller, { from: self, to, kind: 'handshake', data });
  }
  return {
    self: toParticipant(self),
    mode: call.mode,
    topology: call.topology,
    participants: call.others(self).map(toParticipant),
    producers: call.topology === 'room' ? [...call.room.producers] : [],
    iceServers: iceServersFor(self.id),
    ...(media === undefined ? {} : { rtpCapabilities: media.rtpCapabilities }),
  };
};

export const leave: Handler<'leave'> = (caller) => {
  const member = requireMember(caller);
  member.call.leave(member, 'left');
  return { participantId: member.session.participantId };
};

export const setMuted: Handler<'setMuted'> = (caller, input) => {
  const member = requireMember(caller);
  member.call.setMuted(member, input);
  return {};
};
