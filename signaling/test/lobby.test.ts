/** Before a call: ids and order given, keys agreed on across the door, nobody let in by it. */
import type { MediaServer } from '@earshot/sfu/api';
import { ProtocolError } from '@earshot/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { Client, eventually, startServer, type StartOptions } from './wire.ts';

let server: EarshotServer;
const clients: Client[] = [];

beforeEach(() => restart({}));
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
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

function connect(): Client {
  const client = new Client(server.url);
  clients.push(client);
  return client;
}

async function hello(): Promise<Client> {
  const client = connect();
  await client.get('hello', { protocol: 1 });
  return client;
}

interface Place {
  readonly callId: string;
  readonly mode: string;
  readonly topology: string;
}

async function create(mode: string, topology = 'direct'): Promise<Place> {
  const client = await hello();
  const { callId } = await client.get('createCall', { mode, topology });
  return { callId, mode, topology };
}

async function join(place: Place, name: string, client?: Client) {
  const joining = client ?? (await hello());
  const joined = await joining.get('join', { ...place, name, isMuted: false });
  return { client: joining, joined, self: joined.self };
}

async function visit(place: Place) {
  const client = await hello();
  const entered = await client.get('enterLobby', place);
  return { client, entered, self: entered.self };
}

const peerOf = ({ id, order }: { id: string; order: number }) => ({ id, order });
const said = ({ events }: Client) => events.map(({ name, payload }) => [name, payload]);
const handshake = (to: string, data = 'AAEC') => ({ to, kind: 'handshake', data });

describe('entering', () => {
  test('gives an id and an order, and says who is in the call, by order and without names', async () => {
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const bob = await visit(place);
    expect(bob.entered).toEqual({
      self: { id: bob.self.id, order: 1 },
      ...{ mode: 'e2ee', topology: 'direct' },
      peers: [{ id: alice.self.id, order: 0 }],
    });
    expect(bob.self.id).not.toBe(alice.self.id);
  });

  test('order counts up over visitors and those who join straight away, and never repeats', async () => {
    const place = await create('dtls');
    const first = await visit(place);
    const second = await join(place, 'Alice');
    await first.client.get('leave', {});
    const third = await visit(place);
    expect([first, second, third].map(({ self }) => self.order)).toEqual([0, 1, 2]);
    const { joined } = await join(place, 'Carol', third.client);
    expect(joined.self.order).toBe(2);
  });

  test('is refused in another mode, from a call or a lobby, and without a session', async () => {
    const place = await create('dtls');
    const other = await create('dtls');
    const { client } = await visit(place);
    expect(await client.code('enterLobby', place)).toBe('already-joined');
    expect(await client.code('enterLobby', other)).toBe('already-joined');
    const alice = await join(place, 'Alice');
    expect(await alice.client.code('enterLobby', other)).toBe('already-joined');
    const third = await hello();
    expect(await third.code('enterLobby', { ...place, mode: 'e2ee' })).toBe('mode-refused');
    expect(await third.code('enterLobby', { ...place, topology: 'room' })).toBe('mode-refused');
    expect(await connect().code('enterLobby', place)).toBe('no-session');
  });

  test('is refused when the call is full, and never for those who wait', async () => {
    const place = await create('dtls');
    const alice = await join(place, 'Alice');
    for (let i = 0; i < 30; i++) await visit(place);
    const one = await hello();
    expect(await one.code('enterLobby', place)).toBe('ok');
    const bob = await join(place, 'Bob');
    expect(await (await hello()).code('enterLobby', place)).toBe('call-full');
    // Those who are there stay, and get in when there is room.
    expect(await one.code('join', { ...place, name: 'Carol', isMuted: false })).toBe('call-full');
    await bob.client.get('leave', {});
    expect((await join(place, 'Carol', one)).joined.participants[0]?.id).toBe(alice.self.id);
  });

  test('asked twice under one id is done once', async () => {
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const client = await hello();
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
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const bob = await visit(place);
    const { joined } = await join(place, 'Bob', bob.client);
    expect(peerOf(joined.self)).toEqual(bob.self);
    await bob.client.get('setMuted', { isMuted: true });
    await alice.client.event('participantUpdated');
    expect(alice.client.events.map(({ name }) => name)).toEqual([
      ...['peerArrived', 'participantJoined', 'participantUpdated'],
    ]);
  });

  test('gives another id each time', async () => {
    const place = await create('e2ee');
    const { client, self } = await visit(place);
    await join(place, 'Ada', client);
    await client.get('leave', {});
    const again = await client.get('enterLobby', place);
    await client.get('leave', {});
    const straight = await join(place, 'Ada', client);
    expect(new Set([self.id, again.self.id, straight.self.id]).size).toBe(3);
  });

  test('is for the call whose lobby it is', async () => {
    const place = await create('dtls');
    const other = await create('dtls');
    const { client, self } = await visit(place);
    const input = { ...other, name: 'Ada', isMuted: false };
    expect(await client.code('join', input)).toBe('already-joined');
    expect((await join(place, 'Ada', client)).self.id).toBe(self.id);
  });

  test('that failed for want of media leaves the visitor where it was', async () => {
    await server.close();
    const media: MediaServer = {
      openRoom: () => Promise.reject(new ProtocolError('media-lost')),
      load: () => ({ workersAlive: 1, workersWanted: 1, rooms: 0, producers: 0, consumers: 0 }),
      close: () => Promise.resolve(),
    };
    await restart({ media });
    const place = await create('e2ee', 'room');
    const { client } = await visit(place);
    const input = { ...place, name: 'Ada', isMuted: false };
    expect(await client.code('join', input)).toBe('media-lost');
    expect(await client.code('enterLobby', place)).toBe('already-joined');
    expect(await client.code('leave', {})).toBe('ok');
  });
});

describe('across the door', () => {
  test('e2ee: both sides are told who comes and goes, and visitors nothing of each other', async () => {
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const bob = await visit(place);
    const carol = await visit(place);
    await join(place, 'Bob', bob.client);
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
      const place = await create(mode);
      const alice = await join(place, 'Alice');
      const visitor = await visit(place);
      const other = await visit(place);
      await other.client.get('leave', {});
      const bob = await join(place, 'Bob');
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
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const bob = await visit(place);
    const carol = await visit(place);
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
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const { client, self } = await visit(place);
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

    const plain = await create('dtls');
    const dave = await join(plain, 'Dave');
    const visitor = await visit(plain);
    expect(await visitor.client.code('envelope', handshake(dave.self.id))).toBe('mode-refused');
    expect(await dave.client.code('envelope', handshake(visitor.self.id))).toBe('mode-refused');
  });
});

describe('going', () => {
  test.each(['leave', 'bye'] as const)('%s ends the visit, once', async (verb) => {
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const { client, self } = await visit(place);
    await client.get(verb, {});
    expect((await alice.client.event('peerGone')).payload).toEqual({ participantId: self.id });
    if (verb === 'bye') await client.closed();
    else expect(await client.code('leave', {})).toBe('not-joined');
  });

  test('the loss of a socket does not', async () => {
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const { client, self } = await visit(place);
    client.drop();
    await client.closed();
    expect(await alice.client.code('envelope', handshake(self.id))).toBe('ok');
    expect(said(alice.client)).toEqual([['peerArrived', { peer: self }]]);
  });

  test('the end of the lease does', async () => {
    await server.close();
    await restart({ times: { sessionLeaseMs: 100 } });
    const place = await create('e2ee');
    const alice = await join(place, 'Alice');
    const { client, self } = await visit(place);
    client.drop();
    expect((await alice.client.event('peerGone')).payload).toEqual({ participantId: self.id });
    expect(said(alice.client)).toHaveLength(2);
  });

  test('a call does not wait for its visitors, and puts them out', async () => {
    await server.close();
    await restart({ times: { emptyCallMs: 60 } });
    const place = await create('e2ee');
    const { client } = await visit(place);
    const alice = await join(place, 'Alice');
    await alice.client.get('leave', {});
    await client.event('peerGone');
    await eventually(async () => {
      const code = await alice.client.code('enterLobby', { ...place, mode: 'dtls' });
      return code === 'call-unknown' ? true : undefined;
    }, 'call forgotten');
    const input = { ...place, name: 'Bob', isMuted: false };
    expect(await client.code('join', input)).toBe('call-unknown');
    expect(await client.code('leave', {})).toBe('not-joined');
    const next = await create('e2ee');
    expect(await client.code('enterLobby', next)).toBe('ok');
  });
});

describe('a dropped socket', () => {
  test('of somebody in the call: what visitors say to them is not kept, what members say is', async () => {
    const place = await create('e2ee');
    const alice = connect();
    const { sessionId, resumeToken: token } = await alice.get('hello', { protocol: 1 });
    const { self } = await join(place, 'Alice', alice);
    const carol = await visit(place);
    const bob = await join(place, 'Bob');
    alice.drop();
    await bob.client.event('participantUpdated');
    await carol.client.get('envelope', handshake(self.id));
    await bob.client.get('envelope', handshake(self.id, 'AwQF'));
    const again = connect();
    await again.get('hello', { protocol: 1, resume: { sessionId, token, lastEvent: 0 } });
    const { payload } = await again.event('envelope');
    expect(payload).toEqual({ from: bob.self.id, kind: 'handshake', data: 'AwQF' });
    expect(said(again).filter(([name]) => name === 'envelope')).toHaveLength(1);
  });

  test('resumes in the lobby, misses no event, and joins under the same id', async () => {
    const place = await create('e2ee');
    const client = connect();
    const { sessionId, resumeToken: token } = await client.get('hello', { protocol: 1 });
    const { self } = await client.get('enterLobby', place);
    client.drop();
    await client.closed();
    const alice = await join(place, 'Alice');
    await alice.client.get('envelope', handshake(self.id));
    const bob = await join(place, 'Bob');
    await bob.client.get('leave', {});

    const again = connect();
    await again.get('hello', { protocol: 1, resume: { sessionId, token, lastEvent: 0 } });
    await again.event('peerGone');
    expect(again.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(said(again)).toEqual([
      ['peerArrived', { peer: peerOf(alice.self) }],
      ['envelope', { from: alice.self.id, kind: 'handshake', data: 'AAEC' }],
      ['peerArrived', { peer: peerOf(bob.self) }],
      ['peerGone', { participantId: bob.self.id }],
    ]);
    const { joined } = await join(place, 'Carol', again);
    expect(peerOf(joined.self)).toEqual(self);
  });
});
