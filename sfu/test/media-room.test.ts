/** What a room offers, bounds and refuses. The worker is real; no packet flows here (see live-media). */
import type { RtpParameters } from '@earshot/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaRoom, MediaServer } from '../src/api.ts';
import {
  openWatchedRoom,
  opusParameters,
  participant,
  roomOptions,
  startServer,
  until,
} from './running-workers.ts';

const alice = participant('alice');
const bob = participant('bob');
const unknownId = '00000000-0000-4000-8000-000000000000';

let server: MediaServer & AsyncDisposable;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Alice sends, Bob has a transport to receive on. */
async function roomWithSender(room: MediaRoom) {
  const send = await room.createTransport(alice, 'send');
  const receive = await room.createTransport(bob, 'receive');
  const producerId = await room.produce(alice, send.id, opusParameters());
  const consume = {
    participantId: bob,
    transportId: receive.id,
    producerId,
    rtpCapabilities: room.rtpCapabilities,
  };
  return { send, receive, producerId, consume };
}

describe('a room', () => {
  test('offers Opus and nothing else', async () => {
    const room = await server.openRoom(roomOptions());
    expect(room.rtpCapabilities.codecs).toMatchObject([
      {
        kind: 'audio',
        mimeType: 'audio/opus',
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1 },
      },
    ]);
  });

  test.each<[string, Partial<RtpParameters>]>([
    ['video', { codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }] }],
    ['PCMU', { codecs: [{ mimeType: 'audio/PCMU', payloadType: 0, clockRate: 8_000 }] }],
    ['mono Opus', { codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }] }],
    [
      'RED beside Opus',
      {
        codecs: [
          ...opusParameters().codecs,
          { mimeType: 'audio/red', payloadType: 63, clockRate: 48_000, channels: 2 },
        ],
      },
    ],
    ['a rid', { encodings: [{ ssrc: 1, rid: 'low' }] }],
    [
      'an extension that was not offered',
      {
        headerExtensions: [
          { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time', id: 3 },
        ],
      },
    ],
  ])('refuses %s', async (_, overrides) => {
    const room = await server.openRoom(roomOptions());
    const { id } = await room.createTransport(alice, 'send');
    await expect(room.produce(alice, id, opusParameters(overrides))).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'media-refused',
    });
    // And is as good as before.
    await room.produce(alice, id, opusParameters());
  });

  test('says nothing of mediasoup in its errors', async () => {
    const room = await server.openRoom(roomOptions());
    const { id } = await room.createTransport(alice, 'send');
    const fingerprint = { algorithm: 'sha-256' as const, value: Array(32).fill('00').join(':') };
    const dtlsParameters = { role: 'client' as const, fingerprints: [fingerprint] };
    await room.connectTransport(alice, id, dtlsParameters);
    // The worker's own words: "connect() already called".
    const error: unknown = await room
      .connectTransport(alice, id, dtlsParameters)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      name: 'ProtocolError',
      code: 'media-refused',
      message: 'media parameters refused',
    });
  });

  test('refuses a tap unless the server allows taps', async () => {
    const { rooms } = server.load();
    await expect(server.openRoom(roomOptions({ onRtp: () => {} }))).rejects.toMatchObject({
      code: 'media-refused',
    });
    expect(server.load().rooms).toBe(rooms);
  });
});

describe('a participant', () => {
  test('has one transport per direction, also when asking twice at once', async () => {
    const { room, router } = await openWatchedRoom(server);
    const outcomes = await Promise.allSettled([
      room.createTransport(alice, 'send'),
      room.createTransport(alice, 'send'),
      room.createTransport(alice, 'receive'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(room.createTransport(alice, 'receive')).rejects.toMatchObject({
      code: 'media-refused',
    });
    expect((await router.dump()).transportIds).toHaveLength(2);
  });

  test('has one producer, on the transport for sending', async () => {
    const room = await server.openRoom(roomOptions());
    const send = await room.createTransport(alice, 'send');
    const receive = await room.createTransport(alice, 'receive');
    await expect(room.produce(alice, receive.id, opusParameters())).rejects.toMatchObject({
      code: 'media-refused',
    });
    const outcomes = await Promise.allSettled([
      room.produce(alice, send.id, opusParameters()),
      room.produce(alice, send.id, opusParameters({ mid: '1', encodings: [{ ssrc: 2 }] })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(
      room.produce(alice, send.id, opusParameters({ mid: '2', encodings: [{ ssrc: 3 }] })),
    ).rejects.toMatchObject({ code: 'media-refused' });
  });

  test('consumes each producer once, and not its own', async () => {
    const room = await server.openRoom(roomOptions());
    const { send, producerId, consume } = await roomWithSender(room);
    const outcomes = await Promise.allSettled([room.consume(consume), room.consume(consume)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(room.consume(consume)).rejects.toMatchObject({ code: 'media-refused' });
    const own = await room.createTransport(alice, 'receive');
    await expect(
      room.consume({ ...consume, participantId: alice, transportId: own.id }),
    ).rejects.toMatchObject({ code: 'media-refused' });
    await expect(
      room.consume({ ...consume, participantId: alice, transportId: send.id }),
    ).rejects.toMatchObject({ code: 'media-refused' });
    expect(producerId).toBe(consume.producerId);
  });

  test('has no reach into what is not there, or belongs to another', async () => {
    const room = await server.openRoom(roomOptions());
    const { send, receive, consume } = await roomWithSender(room);
    const { consumerId } = await room.consume(consume);
    const unknown = { code: 'media-unknown' };
    await expect(room.restartIce(bob, send.id)).rejects.toMatchObject(unknown);
    await expect(room.restartIce(alice, unknownId)).rejects.toMatchObject(unknown);
    await expect(room.produce(bob, send.id, opusParameters())).rejects.toMatchObject(unknown);
    await expect(room.resumeConsumer(alice, consumerId)).rejects.toMatchObject(unknown);
    await expect(room.consume({ ...consume, producerId: unknownId })).rejects.toMatchObject(
      unknown,
    );
    const other = await server.openRoom(roomOptions());
    const elsewhere = await other.createTransport(bob, 'receive');
    await expect(other.consume({ ...consume, transportId: elsewhere.id })).rejects.toMatchObject(
      unknown,
    );
    await expect(room.restartIce(participant('eve'), receive.id)).rejects.toMatchObject(unknown);
    await room.resumeConsumer(bob, consumerId);
  });

  test('cannot consume what it cannot decode', async () => {
    const room = await server.openRoom(roomOptions());
    const { consume } = await roomWithSender(room);
    await expect(
      room.consume({
        ...consume,
        rtpCapabilities: {
          codecs: [
            {
              kind: 'audio',
              mimeType: 'audio/PCMU',
              preferredPayloadType: 0,
              clockRate: 8_000,
              channels: 1,
            },
          ],
          headerExtensions: [],
        },
      }),
    ).rejects.toMatchObject({ code: 'media-refused' });
  });

  test('gets new ICE credentials on restart', async () => {
    const room = await server.openRoom(roomOptions());
    const { id, iceParameters } = await room.createTransport(alice, 'send');
    const restarted = await room.restartIce(alice, id);
    expect(restarted.usernameFragment).not.toBe(iceParameters.usernameFragment);
    expect(restarted.password).not.toBe(iceParameters.password);
  });

  test('leaves nothing behind', async () => {
    const { room, router } = await openWatchedRoom(server);
    const { consume, receive } = await roomWithSender(room);
    await room.consume(consume);
    expect(await router.dump()).toMatchObject({
      mapProducerIdConsumerIds: [{ key: consume.producerId }],
    });
    room.removeParticipant(alice);
    room.removeParticipant(alice);
    expect(await router.dump()).toMatchObject({
      transportIds: [receive.id],
      mapProducerIdConsumerIds: [],
      mapConsumerIdProducerId: [],
    });
    room.removeParticipant(bob);
    expect((await router.dump()).transportIds).toEqual([]);
    // And may come back.
    await roomWithSender(room);
  });

  test('takes along what was still being made', async () => {
    const { room, router } = await openWatchedRoom(server);
    const making = room.createTransport(alice, 'send');
    room.removeParticipant(alice);
    await expect(making).rejects.toMatchObject({ code: 'media-unknown' });
    expect((await router.dump()).transportIds).toEqual([]);
  });
});

describe('counts', () => {
  test('follow producers and consumers', async () => {
    await using counted = await startServer();
    const room = await counted.openRoom(roomOptions());
    const { consume } = await roomWithSender(room);
    await room.consume(consume);
    expect(counted.load()).toMatchObject({ rooms: 1, producers: 1, consumers: 1 });
    room.removeParticipant(alice);
    // The worker closes the consumers of a closed producer, and says so a moment later.
    await until(() =>
      expect(counted.load()).toMatchObject({ rooms: 1, producers: 0, consumers: 0 }),
    );
  });
});
