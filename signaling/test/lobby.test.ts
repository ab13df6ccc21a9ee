/** Before a call: ids and order given, joining from there, going again. */
import type { MediaServer } from '@earshot/sfu/api';
import { ProtocolError } from '@earshot/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { handshake, LobbyScene, peerOf, said } from './lobby-scene.ts';
import { Clients, eventually, startServer, type StartOptions } from './wire.ts';

let server: EarshotServer;
const clients = new Clients(() => server.url);
const lobby = new LobbyScene(clients);

beforeEach(() => restart({}));
afterEach(async () => {
  clients.close();
  await server.close();
});

async function restart({ times, media }: StartOptions): Promise<void> {
  // Many people behind one address.
  server = await startServer({
    env: { EARSHOT_RATE_SCALE: '10' },
    ...(times === undefined ? {} : { times }),
    ...(media === undefined ? {} : { media }),
  });
}

describe('entering', () => {
  test('gives an id and an order, and says who is in the call, by order and without names', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const bob = await lobby.visit(place);
    expect(bob.entered).toEqual({
      self: { id: bob.self.id, order: 1 },
      ...{ mode: 'e2ee', topology: 'direct' },
      peers: [{ id: alice.self.id, order: 0 }],
    });
    expect(bob.self.id).not.toBe(alice.self.id);
  });

  test('order counts up over visitors and those who join straight away, and never repeats', async () => {
    const place = await lobby.create('dtls');
    const first = await lobby.visit(place);
    const second = await lobby.join(place, 'Alice');
    await first.client.get('leave', {});
    const third = await lobby.visit(place);
    expect([first, second, third].map(({ self }) => self.order)).toEqual([0, 1, 2]);
    const { joined } = await lobby.join(place, 'Carol', third.client);
    expect(joined.self.order).toBe(2);
  });

  test('is refused in another mode, from a call or a lobby, and without a session', async () => {
    const place = await lobby.create('dtls');
    const other = await lobby.create('dtls');
    const { client } = await lobby.visit(place);
    expect(await client.code('enterLobby', place)).toBe('already-joined');
    expect(await client.code('enterLobby', other)).toBe('already-joined');
    const alice = await lobby.join(place, 'Alice');
    expect(await alice.client.code('enterLobby', other)).toBe('already-joined');
    const third = await clients.hello();
    expect(await third.code('enterLobby', { ...place, mode: 'e2ee' })).toBe('mode-refused');
    expect(await third.code('enterLobby', { ...place, topology: 'room' })).toBe('mode-refused');
    expect(await clients.connect().code('enterLobby', place)).toBe('no-session');
  });

  test('is refused when the call is full, and never for those who wait', async () => {
    const place = await lobby.create('dtls');
    const alice = await lobby.join(place, 'Alice');
    for (let i = 0; i < 30; i++) await lobby.visit(place);
    const one = await clients.hello();
    expect(await one.code('enterLobby', place)).toBe('ok');
    const bob = await lobby.join(place, 'Bob');
    expect(await (await clients.hello()).code('enterLobby', place)).toBe('call-full');
    // Those who are there stay, and get in when there is room.
    expect(await one.code('join', { ...place, name: 'Carol', isMuted: false })).toBe('call-full');
    await bob.client.get('leave', {});
    expect((await lobby.join(place, 'Carol', one)).joined.participants[0]?.id).toBe(alice.self.id);
  });

  test('asked twice under one id is done once', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const client = await clients.hello();
    const [one, two] = await Promise.all(
      [1, 2].map(() => client.get('enterLobby', place, 'enter')),
    );
    expect(two).toEqual(one);
    await client.get('leave', {});
    await alice.client.event('peerGone');
    expect(said(alice.client)).toEqual([
      ['peerArrived', { peer: one?.self }],
      ['peerGone', { participantId: one?.self.id }],
    ]);
  });
});

describe('joining from the lobby', () => {
  test('keeps id and order', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const bob = await lobby.visit(place);
    const { joined } = await lobby.join(place, 'Bob', bob.client);
    expect(peerOf(joined.self)).toEqual(bob.self);
    await bob.client.get('setMuted', { isMuted: true });
    await alice.client.event('participantUpdated');
    expect(alice.client.events.map(({ name }) => name)).toEqual([
      ...['peerArrived', 'participantJoined', 'participantUpdated'],
    ]);
  });

  test('gives another id each time', async () => {
    const place = await lobby.create('e2ee');
    const { client, self } = await lobby.visit(place);
    await lobby.join(place, 'Ada', client);
    await client.get('leave', {});
    const again = await client.get('enterLobby', place);
    await client.get('leave', {});
    const straight = await lobby.join(place, 'Ada', client);
    expect(new Set([self.id, again.self.id, straight.self.id]).size).toBe(3);
  });

  test('is for the call whose lobby it is', async () => {
    const place = await lobby.create('dtls');
    const other = await lobby.create('dtls');
    const { client, self } = await lobby.visit(place);
    const input = { ...other, name: 'Ada', isMuted: false };
    expect(await client.code('join', input)).toBe('already-joined');
    expect((await lobby.join(place, 'Ada', client)).self.id).toBe(self.id);
  });

  test('that failed for want of media leaves the visitor where it was', async () => {
    await server.close();
    const media: MediaServer = {
      openRoom: () => Promise.reject(new ProtocolError('media-lost')),
      load: () => ({ workersAlive: 1, workersWanted: 1, rooms: 0, producers: 0, consumers: 0 }),
      close: () => Promise.resolve(),
    };
    await restart({ media });
    const place = await lobby.create('e2ee', 'room');
    const { client } = await lobby.visit(place);
    const input = { ...place, name: 'Ada', isMuted: false };
    expect(await client.code('join', input)).toBe('media-lost');
    expect(await client.code('enterLobby', place)).toBe('already-joined');
    expect(await client.code('leave', {})).toBe('ok');
  });
});

describe('going', () => {
  test.each(['leave', 'bye'] as const)('%s ends the visit, once', async (verb) => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const { client, self } = await lobby.visit(place);
    await client.get(verb, {});
    expect((await alice.client.event('peerGone')).payload).toEqual({ participantId: self.id });
    if (verb === 'bye') await client.closed();
    else expect(await client.code('leave', {})).toBe('not-joined');
  });

  test('the loss of a socket does not', async () => {
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const { client, self } = await lobby.visit(place);
    client.drop();
    await client.closed();
    expect(await alice.client.code('envelope', handshake(self.id))).toBe('ok');
    expect(said(alice.client)).toEqual([['peerArrived', { peer: self }]]);
  });

  test('the end of the lease does', async () => {
    await server.close();
    await restart({ times: { sessionLeaseMs: 100 } });
    const place = await lobby.create('e2ee');
    const alice = await lobby.join(place, 'Alice');
    const { client, self } = await lobby.visit(place);
    client.drop();
    expect((await alice.client.event('peerGone')).payload).toEqual({ participantId: self.id });
    expect(said(alice.client)).toHaveLength(2);
  });

  test('a call does not wait for its visitors, and puts them out', async () => {
    await server.close();
    await restart({ times: { emptyCallMs: 60 } });
    const place = await lobby.create('e2ee');
    const { client } = await lobby.visit(place);
    const alice = await lobby.join(place, 'Alice');
    await alice.client.get('leave', {});
    await client.event('peerGone');
    await eventually(async () => {
      const code = await alice.client.code('enterLobby', { ...place, mode: 'dtls' });
      return code === 'call-unknown' ? true : undefined;
    }, 'call forgotten');
    const input = { ...place, name: 'Bob', isMuted: false };
    expect(await client.code('join', input)).toBe('call-unknown');
    expect(await client.code('leave', {})).toBe('not-joined');
    const next = await lobby.create('e2ee');
    expect(await client.code('enterLobby', next)).toBe('ok');
  });
});
