/** What the server passes on between two who are at one call. */
import { ProtocolError } from '@earshot/protocol';
import type { KeyingMode } from '@earshot/keying/mode';
import { requireMember, requirePlace, type Caller } from '../caller.ts';
import type { Member } from '../call.ts';
import type { Handler } from '../dispatch.ts';
import type { Visitor } from '../lobby.ts';
import type { Relayed } from '../record.ts';

export const offer: Handler<'offer'> = (caller, { to, sdp }) => {
  const member = requireDirectMember(caller);
  requireCryptoFor(member.call.mode, sdp);
  const receiver = member.call.other(member, to);
  const payload = { from: member.id, sdp };
  receiver.session.send('offer', payload);
  noteRelayed(caller, member, { verb: 'offer', to, payload });
  return {};
};

export const answer: Handler<'answer'> = (caller, { to, sdp }) => {
  const member = requireDirectMember(caller);
  requireCryptoFor(member.call.mode, sdp);
  const receiver = member.call.other(member, to);
  const payload = { from: member.id, sdp };
  receiver.session.send('answer', payload);
  noteRelayed(caller, member, { verb: 'answer', to, payload });
  return {};
};

export const candidate: Handler<'candidate'> = (caller, { to, candidate: iceCandidate }) => {
  const member = requireDirectMember(caller);
  const receiver = member.call.other(member, to);
  const payload = { from: member.id, candidate: iceCandidate };
  receiver.session.send('candidate', payload);
  noteRelayed(caller, member, { verb: 'candidate', to, payload });
  return {};
};

export const envelope: Handler<'envelope'> = (caller, { to, kind, data }) => {
  const place = requirePlace(caller);
  if (place.call.mode !== 'e2ee') throw new ProtocolError('mode-refused');
  const receiver = place.call.peer(place, to);
  // What is kept for a participant whose socket dropped is for those in the call; a visitor's client says it again.
  if (caller.session?.visitor !== undefined && !receiver.session.isConnected) return {};
  const payload = { from: place.id, kind, data };
  receiver.session.send('envelope', payload);
  noteRelayed(caller, place, { verb: 'envelope', to, payload });
  return {};
};

function requireDirectMember(caller: Caller): Member {
  const member = requireMember(caller);
  if (member.call.topology !== 'direct') throw new ProtocolError('wrong-topology');
  return member;
}

/** RFC 4568 section 9.1: the attribute stands on a line of its own. Any line end counts, to be strict. */
const cryptoAttribute = /(?:^|[\r\n])a=crypto:/i;

/** Fails closed: no `sdes` description without keys, no other one with them. */
function requireCryptoFor(mode: KeyingMode, sdp: string): void {
  if (cryptoAttribute.test(sdp) !== (mode === 'sdes')) throw new ProtocolError('crypto-refused');
}

function noteRelayed(
  { services }: Caller,
  { call, id }: Visitor,
  { verb, to, payload }: Pick<Relayed, 'verb' | 'to' | 'payload'>,
): void {
  services.metrics.relayed.inc({ verb });
  services.record?.add(call, { from: id, to, verb, payload });
}
