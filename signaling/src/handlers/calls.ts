/** Making calls, coming to them and leaving them. */
import { ProtocolError } from '@earshot/protocol';
import { requireMember, requireSession } from '../caller.ts';
import { toParticipant } from '../call.ts';
import type { Handler } from '../dispatch.ts';
import { toPeer } from '../lobby.ts';

export const createCall: Handler<'createCall'> = async (caller, kind) => {
  requireSession(caller);
  const { calls, isDraining, rateLimits } = caller.services;
  if (isDraining()) throw new ProtocolError('draining');
  await rateLimits.takeCreatedCall(caller.address);
  return { callId: calls.create(kind).id };
};

export const enterLobby: Handler<'enterLobby'> = (caller, input) => {
  const { calls, isDraining } = caller.services;
  const session = requireSession(caller);
  if (isDraining()) throw new ProtocolError('draining');
  const call = calls.find(input.callId);
  call.requireKind(input);
  const self = call.enterLobby(session);
  const { mode, topology } = call;
  return { self: toPeer(self), mode, topology, peers: call.members.map(toPeer) };
};

export const join: Handler<'join'> = async (caller, input) => {
  const { calls, isDraining, iceServersFor } = caller.services;
  const session = requireSession(caller);
  if (isDraining()) throw new ProtocolError('draining');
  const call = calls.find(input.callId);
  call.requireKind(input);
  call.requireSeatFor(session);
  const media = call.topology === 'room' ? await call.room.open() : undefined;
  // The session may have ended, and the call filled up, while the room was opened.
  requireSession(caller);
  const self = call.join(session, input);
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
  const { member, visitor } = requireSession(caller);
  if (member !== undefined) member.call.leave(member, 'left');
  else if (visitor !== undefined) visitor.call.leaveLobby(visitor);
  else throw new ProtocolError('not-joined');
  return {};
};

export const setMuted: Handler<'setMuted'> = (caller, input) => {
  const member = requireMember(caller);
  member.call.setMuted(member, input);
  return {};
};
