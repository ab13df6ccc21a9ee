/** RTP through a room, between WebRTC peers over loopback: what arrives, and what the tap saw. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { MediaServer } from '../src/api.ts';
import {
  openWatchedRoom,
  participant,
  roomOptions,
  started,
  startServer,
  until,
} from './running-workers.ts';
import { readRtp, rtpPacket } from './rtp-packet.ts';
import { connectReceiver, connectSender } from './webrtc-endpoint.ts';

const alice = participant('alice');
const bob = participant('bob');
const ssrc = 0x0a0b_0c0d;

let server: MediaServer & AsyncDisposable;
beforeAll(async () => {
  server = await startServer({ allowTaps: true });
});
afterAll(() => server.close());

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Waits until `packets` holds `count`. */
function received(packets: readonly unknown[], count: number): Promise<void> {
  return until(() => expect(packets.length).toBeGreaterThanOrEqual(count));
}

describe('frames through the SFU', () => {
  test('arrive as they were sent, also when they look like Opus DTX or like no Opus', async () => {
    const tapped: Uint8Array[] = [];
    const room = await server.openRoom(
      roomOptions({ allowAudioLevel: false, onRtp: (_, __, rtp) => tapped.push(rtp) }),
    );
    using sender = await connectSender(room, alice, { ssrc });
    using receiver = await connectReceiver(room, bob, sender.producerId);
    await room.resumeConsumer(bob, receiver.consumerId);
    const payloads = [
      // Every code of a TOC byte (RFC 6716 section 3.1) alone: DTX for code 0 and 1, invalid for 2 and 3.
      ...[0x00, 0x01, 0x02, 0x03, 0xf8, 0xf9, 0xfa, 0xfb].map((toc) => Buffer.from([toc])),
      // Two empty frames, code 2.
      Buffer.from([0xfa, 0x00]),
      // Any first byte.
      ...Array.from({ length: 256 }, (_, first) =>
        Buffer.concat([Buffer.from([first]), randomBytes(3 + (first % 120))]),
      ),
    ];
    for (const [index, payload] of payloads.entries()) {
      sender.send(rtpPacket({ ssrc, sequence: 1_000 + index, payload }));
      // A few at a time: loopback may drop what is sent at once, and this is not about loss.
      if (index % 8 === 7) await received(receiver.packets, index + 1);
    }
    await received(receiver.packets, payloads.length);
    // They take another way: the last one to the tap may come later than the last one to the receiver.
    await received(tapped, payloads.length);
    const arrived = receiver.packets.map(readRtp);
    expect(arrived.map(({ payload }) => hex(payload))).toEqual(payloads.map(hex));
    const [codec] = receiver.rtpParameters.codecs;
    expect(new Set(arrived.map(({ payloadType }) => payloadType))).toEqual(
      new Set([codec!.payloadType]),
    );
    expect(new Set(arrived.map((packet) => packet.ssrc))).toEqual(
      new Set([receiver.rtpParameters.encodings![0]!.ssrc]),
    );
    expect(tapped.map((rtp) => hex(readRtp(rtp).payload))).toEqual(payloads.map(hex));
  });

  test('wait for the consumer to be resumed', async () => {
    const tapped: Uint8Array[] = [];
    const room = await server.openRoom(roomOptions({ onRtp: (_, __, rtp) => tapped.push(rtp) }));
    using sender = await connectSender(room, alice, { ssrc });
    using receiver = await connectReceiver(room, bob, sender.producerId);
    const send = (sequence: number) =>
      sender.send(rtpPacket({ ssrc, sequence, payload: Buffer.from([sequence]) }));
    send(1);
    await received(tapped, 1);
    await room.resumeConsumer(bob, receiver.consumerId);
    send(2);
    await received(receiver.packets, 1);
    // In order on one path: had the first been forwarded, it would be here.
    expect(receiver.packets.map((packet) => [...readRtp(packet).payload])).toEqual([[2]]);
  });
});

describe('the audio level of a packet', () => {
  const level = [0x8a];
  const extension = { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 10 };

  test.each([
    { allowAudioLevel: true, headerExtensions: [extension], passes: true },
    // Sent all the same, without having been negotiated.
    { allowAudioLevel: false, headerExtensions: [], passes: false },
  ])('with allowAudioLevel $allowAudioLevel reaches others: $passes', async (row) => {
    const room = await server.openRoom(roomOptions({ allowAudioLevel: row.allowAudioLevel }));
    using sender = await connectSender(room, alice, {
      ssrc,
      headerExtensions: row.headerExtensions,
    });
    using receiver = await connectReceiver(room, bob, sender.producerId);
    await room.resumeConsumer(bob, receiver.consumerId);
    sender.send(
      rtpPacket({ ssrc, sequence: 1, payload: randomBytes(20), extensions: { 10: level } }),
    );
    await received(receiver.packets, 1);
    const { extensions } = readRtp(receiver.packets[0]!);
    expect(Object.values(extensions).some((value) => hex(Buffer.from(value)) === '8a')).toBe(
      row.passes,
    );
  });
});

describe('the tap', () => {
  test('sees the first packet that a producer forwards, and whose it is', async () => {
    const tapped: { producerId: string; participantId: string; payload: string }[] = [];
    const room = await server.openRoom(
      roomOptions({
        onRtp: (producerId, participantId, rtp) =>
          tapped.push({ producerId, participantId, payload: hex(readRtp(rtp).payload) }),
      }),
    );
    using fromAlice = await connectSender(room, alice, { ssrc });
    using fromBob = await connectSender(room, bob, { ssrc: ssrc + 1 });
    // Sent at once, without waiting for a tap to be ready: produce() has waited.
    fromAlice.send(rtpPacket({ ssrc, sequence: 1, payload: Buffer.from('a1', 'hex') }));
    await received(tapped, 1);
    fromBob.send(rtpPacket({ ssrc: ssrc + 1, sequence: 1, payload: Buffer.from('b1', 'hex') }));
    await received(tapped, 2);
    expect(tapped).toEqual([
      { producerId: fromAlice.producerId, participantId: alice, payload: 'a1' },
      { producerId: fromBob.producerId, participantId: bob, payload: 'b1' },
    ]);
  });

  test('is in place before its producer forwards anything', async () => {
    const { room, router } = await openWatchedRoom(server, { onRtp: () => {} });
    const atFirst: boolean[] = [];
    const consumersAtResume: number[] = [];
    router.observer.on('newtransport', (transport) =>
      transport.observer.on('newproducer', (producer) => {
        atFirst.push(producer.paused);
        producer.observer.on('resume', () => consumersAtResume.push(taps));
      }),
    );
    let taps = 0;
    const direct = started.direct.at(-1)!;
    direct.observer.on('newconsumer', () => taps++);
    using sender = await connectSender(room, alice, { ssrc });
    expect({ atFirst, consumersAtResume }).toEqual({ atFirst: [true], consumersAtResume: [1] });
    expect(sender.producerId).toBeDefined();
  });

  test('does not count as a consumer, and goes with its producer', async () => {
    const { room, router } = await openWatchedRoom(server, { onRtp: () => {} });
    const before = server.load();
    using sender = await connectSender(room, alice, { ssrc });
    expect(server.load().producers).toBe(before.producers + 1);
    expect(server.load().consumers).toBe(before.consumers);
    expect((await router.dump()).mapProducerIdConsumerIds).toMatchObject([
      { key: sender.producerId, values: [expect.any(String)] },
    ]);
    room.removeParticipant(alice);
    expect((await router.dump()).mapConsumerIdProducerId).toEqual([]);
  });
});

describe('a connection with another certificate than signaling said', () => {
  test('fails, and makes room for a new one of the same participant', async () => {
    const { room, router } = await openWatchedRoom(server);
    const claimedFingerprint = Array(32).fill('00').join(':');
    using refused = await connectSender(room, alice, { ssrc, claimedFingerprint });
    // Refused with `media-refused` for as long as the first transport may still come up.
    using sender = await vi.waitFor(() => connectSender(room, alice, { ssrc }), {
      timeout: 120_000,
      interval: 20,
    });
    expect(sender.producerId).not.toBe(refused.producerId);
    expect((await router.dump()).mapProducerIdConsumerIds).toEqual([
      { key: sender.producerId, values: [] },
    ]);
    expect((await router.dump()).transportIds).toHaveLength(1);
  });
});
