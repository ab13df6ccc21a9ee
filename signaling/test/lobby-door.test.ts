/** Between a call and its lobby: keys are agreed on across the door, and nobody is let in by it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { handshake, LobbyScene, peerOf, said } from './lobby-scene.ts';
import { Clients, startServer } from './wire.ts';

let server: EarshotServer;
const clients = new Clients(() => server.url);
const lobby = new LobbyScene(clients);

beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  clients.close();
  await server.close();
});

describe('across the door', () => {
  test('e2ee: both sides are told who comes and goes, and visitors nothing of each other', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const bob = await lobby.visit(place);
    const carol = await lobby.visit(place);
    await lobby.join(place, 'Bob', bob.client);
    await bob.client.get('leave', {});
    await carol.client.event('peerGone');
    await carol.client.get('leave', {});
    await alice.client.event('peerGone');
    expect(said(alice.client)).toEqual([
      ['peerArrived', { peer: bob.self }],
      ['peerArrived', { peer: carol.self }],
      ['participantJoined', { participant: expect.objectContaining(bob.self) as unknown }],
      ['participantLeft', { participantId: bob.self.id, reason: 'left' }],
      ['peerGone', { participantId: carol.self.id }],
    ]);
    // Bob, on joining, of who still waits.
    expect(said(bob.client)).toEqual([['peerArrived', { peer: carol.self }]]);
    expect(said(carol.client)).toEqual([
      ['peerArrived', { peer: bob.self }],
      ['peerGone', { participantId: bob.self.id }],
    ]);
  });

  test.each(['dtls', 'sdes'])(
    '%s: visitors are told the count, and nobody of them',
    async (mode) => {
      const place = await lobby.create(mode);
      const alice = await lobby.join(place, 'Alice');
      const visitor = await lobby.visit(place);
      const other = await lobby.visit(place);
      await other.client.get('leave', {});
      const bob = await lobby.join(place, 'Bob');
      await bob.client.get('bye', {});
      await visitor.client.event('peerGone');
      expect(visitor.entered.peers).toEqual([peerOf(alice.self)]);
      expect(said(visitor.client)).toEqual([
        ['peerArrived', { peer: peerOf(bob.self) }],
        ['peerGone', { participantId: bob.self.id }],
      ]);
      await alice.client.event('participantLeft');
      expect(alice.client.events.map(({ name }) => name)).toEqual([
        ...['participantJoined', 'participantLeft'],
      ]);
      expect(bob.client.events).toEqual([]);
    },
  );

  test('envelopes pass both ways, and not between visitors', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const bob = await lobby.visit(place);
    const carol = await lobby.visit(place);
    await bob.client.get('envelope', handshake(alice.self.id));
    await alice.client.get('envelope', handshake(bob.self.id, 'AwQF'));
    expect((await alice.client.event('envelope')).payload).toEqual({
      ...{ from: bob.self.id, kind: 'handshake', data: 'AAEC' },
    });
    expect((await bob.client.event('envelope')).payload).toEqual({
      ...{ from: alice.self.id, kind: 'handshake', data: 'AwQF' },
    });
    for (const to of [carol.self.id, bob.self.id, 'p1AAAAAAAAAAAAAAAAAAAA']) {
      expect(await bob.client.code('envelope', handshake(to))).toBe('participant-unknown');
    }
    await carol.client.get('leave', {});
    expect(await alice.client.code('envelope', handshake(carol.self.id))).toBe(
      'participant-unknown',
    );
    expect(carol.client.events).toEqual([]);
  });

  test('nothing else passes: a visitor is in no call', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const { client, self } = await lobby.visit(place);
    expect(await client.code('setMuted', { isMuted: true })).toBe('not-joined');
    expect(await client.code('createTransport', { direction: 'receive' })).toBe('not-joined');
    for (const verb of ['offer', 'answer'] as const) {
      expect(await client.code(verb, { to: alice.self.id, sdp: 'v=0' })).toBe('not-joined');
      expect(await alice.client.code(verb, { to: self.id, sdp: 'v=0' })).toBe(
        'participant-unknown',
      );
    }
    const candidate = { to: self.id, candidate: null };
    expect(await alice.client.code('candidate', candidate)).toBe('participant-unknown');
    expect(client.events).toEqual([]);

    const plain = await lobby.create('dtls');
    const dave = await lobby.join(plain, 'Dave');
    const visitor = await lobby.visit(plain);
    expect(await visitor.client.code('envelope', handshake(dave.self.id))).toBe('mode-refused');
    expect(await dave.client.code('envelope', handshake(visitor.self.id))).toBe('mode-refused');
  });
});

describe('a dropped socket', () => {
  test('of somebody in the call: what visitors say to them is not kept, what members say is', async () => {
    const place = await lobby.create('e2ee');
    const alice = clients.connect();
    const { sessionId, resumeToken: token } = await alice.get('hello', { protocol: 1 });
    const { self } = await lobby.join(place, 'Alice', alice);
    const carol = await lobby.visit(place);
    const bob = await lobby.join(place, 'Bob');
    alice.drop();
    await bob.client.event('participantUpdated');
    await carol.client.get('envelope', handshake(self.id));
    await bob.client.get('envelope', handshake(self.id, 'AwQF'));
    const again = clients.connect();
    await again.get('hello', { protocol: 1, resume: { sessionId, token, lastEvent: 0 } });
    const { payload } = await again.event('envelope');
    expect(payload).toEqual({ from: bob.self.id, kind: 'handshake', data: 'AwQF' });
    expect(said(again).filter(([name]) => name === 'envelope')).toHaveLength(1);
  });

  test('resumes in the lobby, misses no event, and joins under the same id', async () => {
    const place = await lobby.create('e2ee');
    const client = clients.connect();
    const { sessionId, resumeToken: token } = await client.get('hello', { protocol: 1 });
    const { self } = await client.get('enterLobby', place);
    client.drop();
    await client.closed();
    const alice = await lobby.join(place, 'Alice');
    await alice.client.get('envelope', handshake(self.id));
    const bob = await lobby.join(place, 'Bob');
    await bob.client.get('leave', {});

    const again = clients.connect();
    await again.get('hello', { protocol: 1, resume: { sessionId, token, lastEvent: 0 } });
    await again.event('peerGone');
    expect(again.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(said(again)).toEqual([
      ['peerArrived', { peer: peerOf(alice.self) }],
      ['envelope', { from: alice.self.id, kind: 'handshake', data: 'AAEC' }],
      ['peerArrived', { peer: peerOf(bob.self) }],
      ['peerGone', { participantId: bob.self.id }],
    ]);
    const { joined } = await lobby.join(place, 'Carol', again);
    expect(peerOf(joined.self)).toEqual(self);
  });
});
