/** Rooms through the real media server; no packet flows here. */
import type { MediaServer } from '@earshot/sfu/api';
import { createMediaServer } from '@earshot/sfu/media-server';
import { observer } from 'mediasoup';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { opusParameters } from '../../sfu/test/running-workers.ts';
import type { EarshotServer } from '../src/server.ts';
import { Clients, eventually, startServer, type Client } from './wire.ts';

const opus = opusParameters();
const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'QUJD'.repeat(10)}`;

const workerPids: number[] = [];
observer.on('newworker', ({ pid }) => workerPids.push(pid));

let media: MediaServer;
let server: EarshotServer;
const clients = new Clients(() => server.url);

beforeAll(async () => {
  media = await createMediaServer({
    workers: 1,
    listenIp: '127.0.0.1',
    firstPort: 0,
    allowTaps: true,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  server = await startServer({ media, env: { EARSHOT_ROOM_CAPACITY: '3', EARSHOT_LAB: '1' } });
});
afterEach(() => {
  clients.close();
});
afterAll(() => server.close());

async function joinRoom(callId: string | undefined, mode: string) {
  const client = await clients.hello();
  const kind = { mode, topology: 'room' };
  const id = callId ?? (await client.get('createCall', kind)).callId;
  const joined = await client.get('join', { callId: id, ...kind, name: 'Someone', isMuted: false });
  return { client, joined, callId: id };
}

async function send({ client }: { client: Client }, extra: object = {}) {
  const { id } = await client.get('createTransport', { direction: 'send' });
  return client.ask('produce', { transportId: id, rtpParameters: opus, ...extra });
}

describe('a room', () => {
  test.each(['dtls', 'e2ee'])('carries a producer to the others in %s', async (mode) => {
    const alice = await joinRoom(undefined, mode);
    const bob = await joinRoom(alice.callId, mode);
    const sent = await send(alice);
    if (!sent.ok) throw new Error(sent.error.code);
    const { producerId } = sent.result;
    const { payload } = await bob.client.event('producerAdded');
    expect(payload).toEqual({ producerId, participantId: alice.joined.self.id });

    const { id } = await bob.client.get('createTransport', { direction: 'receive' });
    const { rtpCapabilities } = bob.joined;
    const input = { transportId: id, producerId, rtpCapabilities };
    const consumer = await bob.client.get('consume', input);
    expect(consumer.producerId).toBe(producerId);
    await bob.client.get('resumeConsumer', { consumerId: consumer.consumerId });
    expect(await bob.client.code('restartIce', { transportId: id })).toBe('ok');

    const carol = await joinRoom(alice.callId, mode);
    expect(carol.joined.producers).toEqual([payload]);
    alice.client.close();
    expect((await carol.client.event('participantUpdated')).payload.participant.isConnected).toBe(
      false,
    );
  });

  test('asks for an a=crypto line in sdes, passes it on, and refuses it elsewhere', async () => {
    const alice = await joinRoom(undefined, 'sdes');
    const bob = await joinRoom(alice.callId, 'sdes');
    const { id: transportId } = await alice.client.get('createTransport', { direction: 'send' });
    const produce = { transportId, rtpParameters: opus };
    expect(await alice.client.code('produce', produce)).toBe('crypto-refused');
    expect(await alice.client.code('produce', { ...produce, crypto })).toBe('ok');
    expect((await bob.client.event('producerAdded')).payload.crypto).toBe(crypto);

    const eve = await joinRoom(undefined, 'e2ee');
    expect(await send(eve, { crypto })).toMatchObject({ error: { code: 'crypto-refused' } });
  });

  test('takes requests for media right behind a joining, before its answer', async () => {
    const { callId } = await joinRoom(undefined, 'dtls');
    const bob = await clients.hello();
    const kind = { callId, mode: 'dtls', topology: 'room' };
    const answers = await Promise.all([
      bob.code('join', { ...kind, name: 'Bob', isMuted: false }),
      bob.code('createTransport', { direction: 'send' }),
      bob.code('createTransport', { direction: 'receive' }),
    ]);
    expect(answers).toEqual(['ok', 'ok', 'ok']);

    const carol = await clients.hello();
    const refused = await Promise.all([
      carol.code('join', { ...kind, mode: 'e2ee', name: 'Carol', isMuted: false }),
      carol.code('createTransport', { direction: 'send' }),
    ]);
    expect(refused).toEqual(['mode-refused', 'not-joined']);
  });

  test('tells the others when a sender leaves', async () => {
    const alice = await joinRoom(undefined, 'dtls');
    const bob = await joinRoom(alice.callId, 'dtls');
    const sent = await send(alice);
    await alice.client.get('leave', {});
    const { payload } = await bob.client.event('producerRemoved');
    expect(payload.producerId).toBe(sent.ok && sent.result.producerId);
    expect((await bob.client.event('participantLeft')).payload.reason).toBe('left');
  });

  test('lists those in it by order, whoever of them joined first', async () => {
    const alice = await joinRoom(undefined, 'dtls');
    const kind = { callId: alice.callId, mode: 'dtls', topology: 'room' };
    const early = await clients.hello();
    const { self } = await early.get('enterLobby', kind);
    const late = await joinRoom(alice.callId, 'dtls');
    await early.get('join', { ...kind, name: 'Early', isMuted: false });
    await alice.client.get('leave', {});
    const entered = await alice.client.get('enterLobby', kind);
    expect(entered.peers).toEqual([self, { id: late.joined.self.id, order: 2 }]);
    const again = await alice.client.get('join', { ...kind, name: 'Alice', isMuted: false });
    expect(again.participants.map(({ order }) => order)).toEqual([1, 2]);
  });

  test('is full at its capacity', async () => {
    const { callId } = await joinRoom(undefined, 'dtls');
    await joinRoom(callId, 'dtls');
    await joinRoom(callId, 'dtls');
    await expect(joinRoom(callId, 'dtls')).rejects.toThrow('call-full');
  });

  test('refuses what belongs to direct calls and what it does not know', async () => {
    const alice = await joinRoom(undefined, 'dtls');
    const bob = await joinRoom(alice.callId, 'dtls');
    const to = bob.joined.self.id;
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { rtpCapabilities } = alice.joined;
    expect(await alice.client.code('offer', { to, sdp: 'v=0' })).toBe('wrong-topology');
    expect(await alice.client.code('restartIce', { transportId: unknown })).toBe('media-unknown');
    expect(await alice.client.code('resumeConsumer', { consumerId: unknown })).toBe(
      'media-unknown',
    );
    const consume = { transportId: unknown, producerId: unknown, rtpCapabilities };
    expect(await alice.client.code('consume', consume)).toBe('media-unknown');
    const video = {
      codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }],
    };
    expect(await send(alice, { rtpParameters: video })).toMatchObject({
      error: { code: 'media-refused' },
    });
  });

  test('survives the death of its media worker', async () => {
    const alice = await joinRoom(undefined, 'dtls');
    const bob = await joinRoom(alice.callId, 'dtls');
    expect(await send(alice)).toMatchObject({ ok: true });
    const pid = workerPids.at(-1);
    if (pid === undefined) throw new Error('no worker was started');
    process.kill(pid, 'SIGKILL');
    await alice.client.event('mediaLost');
    await bob.client.event('mediaLost');
    // The same call, on the worker that took over.
    const again = await eventually(async () => {
      const answer = await send(alice);
      return answer.ok ? answer : undefined;
    }, 'media set up again');
    const added = await bob.client.event(
      'producerAdded',
      ({ payload }) => payload.producerId === again.result.producerId,
    );
    expect(added.payload.participantId).toBe(alice.joined.self.id);
    expect(workerPids.at(-1)).not.toBe(pid);
  });
});
