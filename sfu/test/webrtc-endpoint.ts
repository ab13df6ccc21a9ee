/**
 * A WebRTC peer that is not ours (libdatachannel): ICE, DTLS and SRTP against the room's transports,
 * and whole RTP packets in and out.
 */
import type { ParticipantId, RtpParameters, TransportOptions } from '@earshot/protocol';
import { Audio, PeerConnection, type Track } from 'node-datachannel';
import type { MediaRoom } from '../src/api.ts';
import { opusParameters } from './running-workers.ts';

const senderPayloadType = 111;

export interface Sender extends Disposable {
  readonly producerId: string;
  send(rtp: Uint8Array): void;
}

export interface Receiver extends Disposable {
  readonly consumerId: string;
  readonly rtpParameters: RtpParameters;
  /** RTP packets received, oldest first. */
  readonly packets: Buffer[];
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
  const connection = new PeerConnection(participantId, connectionConfig);
  const audio = new Audio('0', 'SendOnly');
  audio.addOpusCodec(senderPayloadType);
  audio.addSSRC(ssrc, 'sender', 'stream', 'track');
  const track = connection.addTrack(audio);
  // Before the connection is up, as a browser does: no packet can come before its producer.
  const producerId = await room.produce(
    participantId,
    transport.id,
    opusParameters({
      encodings: [{ ssrc }],
      ...(headerExtensions === undefined ? {} : { headerExtensions }),
    }),
  );
  await connect(
    { room, participantId, transport, connection, track, claimedFingerprint },
    (common) => [
      `m=audio 9 UDP/TLS/RTP/SAVPF ${senderPayloadType}`,
      ...common,
      'a=recvonly',
      `a=rtpmap:${senderPayloadType} opus/48000/2`,
    ],
  );
  return {
    producerId,
    send: (rtp) => track.sendMessageBinary(Buffer.from(rtp)),
    [Symbol.dispose]: () => connection.close(),
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
  const { payloadType } = rtpParameters.codecs[0]!;
  const connection = new PeerConnection(participantId, connectionConfig);
  const audio = new Audio('0', 'RecvOnly');
  audio.addOpusCodec(payloadType);
  const track = connection.addTrack(audio);
  const packets: Buffer[] = [];
  track.onMessage((message) => {
    // RFC 5761 section 4: RTCP has 192 to 223 where RTP has marker and payload type.
    const second = message[1] ?? 0;
    if (second < 192 || second > 223) packets.push(Buffer.from(message));
  });
  await connect({ room, participantId, transport, connection, track }, (common) => [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...common,
    'a=sendonly',
    `a=rtpmap:${payloadType} opus/48000/2`,
    `a=ssrc:${rtpParameters.encodings![0]!.ssrc} cname:sfu`,
  ]);
  return { consumerId, rtpParameters, packets, [Symbol.dispose]: () => connection.close() };
}

const connectionConfig = { iceServers: [], disableAutoNegotiation: true };

interface Leg {
  readonly room: MediaRoom;
  readonly participantId: ParticipantId;
  readonly transport: TransportOptions;
  readonly connection: PeerConnection;
  readonly track: Track;
  readonly claimedFingerprint?: string | undefined;
}

async function connect(leg: Leg, media: (common: string[]) => string[]): Promise<void> {
  const { room, participantId, transport, connection, track } = leg;
  const opened = Promise.withResolvers<undefined>();
  track.onOpen(() => opened.resolve(undefined));
  connection.onStateChange((state) => {
    if (state === 'failed' || state === 'closed') opened.reject(new Error(`connection ${state}`));
  });
  const offered = Promise.withResolvers<string>();
  connection.onLocalDescription((sdp) => offered.resolve(sdp));
  connection.setLocalDescription('offer');
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(await offered.promise)?.[1];
  if (value === undefined) throw new Error('the offer has no fingerprint');
  await room.connectTransport(participantId, transport.id, {
    role: 'client',
    fingerprints: [{ algorithm: 'sha-256', value: leg.claimedFingerprint ?? value }],
  });
  const sdp = [...sessionLines, ...media(transportLines(transport)), ''].join('\r\n');
  connection.setRemoteDescription(sdp, 'answer');
  try {
    await opened.promise;
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

const sessionLines = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=ice-lite'];

function transportLines({ iceParameters, iceCandidates, dtlsParameters }: TransportOptions) {
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')!;
  return [
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=rtcp-mux',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    'a=setup:passive',
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      ),
  ];
}

export interface RtpFields {
  readonly ssrc: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** One-byte header extensions (RFC 8285 section 4.2) by id. */
  readonly extensions?: Readonly<Record<number, readonly number[]>>;
}

/** An RTP packet (RFC 3550 section 5.1) of a 20 ms frame. */
export function rtpPacket({ ssrc, sequence, payload, extensions }: RtpFields): Uint8Array {
  const elements = Object.entries(extensions ?? {}).flatMap(([id, bytes]) => [
    (Number(id) << 4) | (bytes.length - 1),
    ...bytes,
  ]);
  while (elements.length % 4 !== 0) elements.push(0);
  const header = Buffer.alloc(12);
  header[0] = extensions === undefined ? 0x80 : 0x90;
  header[1] = senderPayloadType;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(ssrc, 8);
  const extension =
    extensions === undefined ? [] : [0xbe, 0xde, 0, elements.length / 4, ...elements];
  return Buffer.concat([header, Buffer.from(extension), payload]);
}

/** Reads what `rtpPacket` writes, with one-byte or two-byte header extensions. */
export function readRtp(packet: Uint8Array): Required<RtpFields> & { payloadType: number } {
  const view = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  const extensions: Record<number, number[]> = {};
  let offset = 12 + 4 * (view[0]! & 0x0f);
  if ((view[0]! & 0x10) !== 0) {
    const isTwoByte = view.readUInt16BE(offset) !== 0xbede;
    const end = offset + 4 + 4 * view.readUInt16BE(offset + 2);
    let at = offset + 4;
    while (at < end) {
      const first = view[at++]!;
      if (first === 0) continue;
      const id = isTwoByte ? first : first >> 4;
      const length = isTwoByte ? view[at++]! : (first & 0x0f) + 1;
      extensions[id] = [...view.subarray(at, at + length)];
      at += length;
    }
    offset = end;
  }
  return {
    payloadType: view[1]! & 0x7f,
    ssrc: view.readUInt32BE(8),
    sequence: view.readUInt16BE(2),
    payload: view.subarray(offset),
    extensions,
  };
}
