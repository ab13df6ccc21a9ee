/** A room's media: passed to the SFU, which validates it in full. */
import { ProtocolError, type ProducerInfo } from '@earshot/protocol';
import type { MediaRoom } from '@earshot/sfu/api';
import { requireMember, requireSession, type Caller } from '../caller.ts';
import type { Member } from '../call.ts';
import type { Handler } from '../dispatch.ts';

export const createTransport: Handler<'createTransport'> = async (caller, { direction }) => {
  const { member, media } = await requireMedia(caller);
  return media.createTransport(member.id, direction);
};

export const connectTransport: Handler<'connectTransport'> = async (caller, input) => {
  const { member, media } = await requireMedia(caller);
  await media.connectTransport(member.id, input.transportId, input.dtlsParameters);
  return {};
};

export const restartIce: Handler<'restartIce'> = async (caller, { transportId }) => {
  const { member, media } = await requireMedia(caller);
  return { iceParameters: await media.restartIce(member.id, transportId) };
};

export const produce: Handler<'produce'> = async (caller, input) => {
  const { member, media } = await requireMedia(caller);
  const { call } = member;
  const { transportId, rtpParameters, crypto } = input;
  if ((crypto !== undefined) !== (call.mode === 'sdes')) throw new ProtocolError('crypto-refused');
  const producerId = await media.produce(member.id, transportId, rtpParameters);
  // The participant may have left while the SFU was at it: its producer is gone then.
  if (caller.session?.member !== member) throw new ProtocolError('not-joined');
  const producer: ProducerInfo = {
    producerId,
    participantId: member.id,
    ...(crypto === undefined ? {} : { crypto }),
  };
  call.room.addProducer(producer);
  call.sendToOthers(member, 'producerAdded', producer);
  const { services } = caller;
  services.metrics.relayed.inc({ verb: 'produce' });
  services.record?.add(call, { from: member.id, to: null, verb: 'produce', payload: producer });
  return { producerId };
};

export const consume: Handler<'consume'> = async (caller, input) => {
  const { member, media } = await requireMedia(caller);
  const { transportId, producerId, rtpCapabilities } = input;
  if (!member.call.room.hasProducer(producerId)) throw new ProtocolError('media-unknown');
  return media.consume({ participantId: member.id, transportId, producerId, rtpCapabilities });
};

export const resumeConsumer: Handler<'resumeConsumer'> = async (caller, { consumerId }) => {
  const { member, media } = await requireMedia(caller);
  await media.resumeConsumer(member.id, consumerId);
  return {};
};

/**
 * Waits for a `join` that is in hand: media need not wait for its answer.
 * @throws ProtocolError `no-session`, `not-joined`, `wrong-topology`, `media-lost`
 */
async function requireMedia(caller: Caller): Promise<{ member: Member; media: MediaRoom }> {
  await requireSession(caller).joining;
  const member = requireMember(caller);
  const media = await member.call.room.open();
  if (caller.session?.member !== member) throw new ProtocolError('not-joined');
  return { member, media };
}
