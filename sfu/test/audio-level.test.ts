/** The header extension that tells everybody on the way who speaks how loudly (RFC 6464). */
import type { RtpCapabilities } from '@earshot/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaServer } from '../src/api.ts';
import { opusParameters, participant, roomOptions, startServer } from './running-workers.ts';

const alice = participant('alice');
const bob = participant('bob');
const audioLevel = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

let server: MediaServer & AsyncDisposable;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

function extensionUris(capabilities: RtpCapabilities): string[] {
  return (capabilities.headerExtensions ?? []).map(({ uri }) => uri);
}

describe('audio level', () => {
  const withLevel = opusParameters({ headerExtensions: [{ uri: audioLevel, id: 10 }] });

  test('is offered, taken and passed on where the room allows it', async () => {
    const room = await server.openRoom(roomOptions({ allowAudioLevel: true }));
    expect(extensionUris(room.rtpCapabilities)).toContain(audioLevel);
    const send = await room.createTransport(alice, 'send');
    const producerId = await room.produce(alice, send.id, withLevel);
    const receive = await room.createTransport(bob, 'receive');
    const { rtpParameters } = await room.consume({
      participantId: bob,
      transportId: receive.id,
      producerId,
      rtpCapabilities: room.rtpCapabilities,
    });
    expect(rtpParameters.headerExtensions?.map(({ uri }) => uri)).toContain(audioLevel);
  });

  test('is neither offered nor taken nor passed on where it does not', async () => {
    const room = await server.openRoom(roomOptions({ allowAudioLevel: false }));
    expect(extensionUris(room.rtpCapabilities)).toEqual([
      'urn:ietf:params:rtp-hdrext:sdes:mid',
      'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    ]);
    const send = await room.createTransport(alice, 'send');
    await expect(room.produce(alice, send.id, withLevel)).rejects.toMatchObject({
      code: 'media-refused',
    });
    const producerId = await room.produce(alice, send.id, opusParameters());
    const receive = await room.createTransport(bob, 'receive');
    const { rtpParameters } = await room.consume({
      participantId: bob,
      transportId: receive.id,
      producerId,
      rtpCapabilities: {
        ...room.rtpCapabilities,
        headerExtensions: [
          ...room.rtpCapabilities.headerExtensions!,
          { kind: 'audio', uri: audioLevel, preferredId: 6, direction: 'sendrecv' },
        ],
      },
    });
    expect(rtpParameters.headerExtensions?.map(({ uri }) => uri)).toEqual([
      'urn:ietf:params:rtp-hdrext:sdes:mid',
    ]);
  });
});
