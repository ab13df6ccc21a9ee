/** WebRTC peers that are not ours (libdatachannel) on the room's transports, without signaling. */
import { connectTransport } from '@earshot/peer/transport-description';
import { WebRtcEndpoint } from '@earshot/peer/webrtc-endpoint';
import type { DtlsParameters, ParticipantId, RtpParameters } from '@earshot/protocol';
import type { MediaRoom } from '../src/api.ts';
import { opusParameters } from './running-workers.ts';

export interface Sender extends Disposable {
  readonly producerId: string;
  send(rtp: Uint8Array): void;
}

export interface Receiver extends Disposable {
  readonly consumerId: string;
  readonly rtpParameters: RtpParameters;
  /** RTP packets received, oldest first. */
  readonly packets: Uint8Array[];
}

/** Connects a sender. Packets carry its SSRC and payload type 111. */
export async function connectSender(
  room: MediaRoom,
  participantId: ParticipantId,
  options: {
    ssrc: number;
    headerExtensions?: RtpParameters['headerExtensions'];
    /** What signaling says of its certificate (SHA-256); the truth if absent. */
    claimedFingerprint?: string;
  },
): Promise<Sender> {
  const { ssrc, headerExtensions, claimedFingerprint } = options;
  const transport = await room.createTransport(participantId, 'send');
  // Before the connection is up, as a browser does: no packet can come before its producer.
  const producerId = await room.produce(
    participantId,
    transport.id,
    opusParameters({
      encodings: [{ ssrc }],
      ...(headerExtensions === undefined ? {} : { headerExtensions }),
    }),
  );
  const endpoint = new WebRtcEndpoint({ direction: 'send', ssrc });
  const claimed = (truth: DtlsParameters): DtlsParameters =>
    claimedFingerprint === undefined
      ? truth
      : { ...truth, fingerprints: [{ algorithm: 'sha-256', value: claimedFingerprint }] };
  try {
    await connectTransport(endpoint, {
      transport,
      serverDirection: 'receives',
      connect: (dtls) => room.connectTransport(participantId, transport.id, claimed(dtls)),
    });
  } catch (cause) {
    // Refused, it may have been up for a moment, or not: both are the sender that was asked for.
    if (claimedFingerprint === undefined) {
      await endpoint.close();
      throw cause;
    }
  }
  return {
    producerId,
    send: (rtp) => {
      if (!endpoint.send(rtp)) throw new Error('the sender is not connected');
    },
    [Symbol.dispose]: () => void endpoint.close(),
  };
}

/** Connects a receiver of one producer; its consumer is still paused. */
export async function connectReceiver(
  room: MediaRoom,
  participantId: ParticipantId,
  producerId: string,
): Promise<Receiver> {
  const transport = await room.createTransport(participantId, 'receive');
  const { consumerId, rtpParameters } = await room.consume({
    participantId,
    transportId: transport.id,
    producerId,
    rtpCapabilities: room.rtpCapabilities,
  });
  const packets: Uint8Array[] = [];
  const endpoint = new WebRtcEndpoint({
    direction: 'receive',
    onRtp: (packet) => packets.push(packet),
  });
  await connectTransport(endpoint, {
    transport,
    serverDirection: 'sends',
    connect: (dtls) => room.connectTransport(participantId, transport.id, dtls),
  });
  return { consumerId, rtpParameters, packets, [Symbol.dispose]: () => void endpoint.close() };
}
