/** Sessions outlive their sockets: nothing lost, nothing done twice, nobody else let in. */
import { limits, type EventPayload } from '@earshot/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer, ServerTimes } from '../src/server.ts';
import { Clients, eventually, startServer, type Client, type PlacedMember } from './wire.ts';

/** Of tests in which nobody comes back in time. */
const shortLeaseMs = 100;

let server: EarshotServer;
const clients = new Clients(() => server.url);

beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  clients.close();
  await server.close();
});

async function restart(times: Partial<ServerTimes>): Promise<void> {
  await server.close();
  server = await startServer({ env: { EARSHOT_RATE_SCALE: '100' }, times });
}

async function call(mode = 'dtls'): Promise<[PlacedMember, PlacedMember]> {
  const { members } = await clients.placeCall(mode);
  return members;
}

const lastSeq = ({ client }: PlacedMember): number => client.events.at(-1)?.seq ?? 0;

const resumeOf = (member: PlacedMember, lastEvent = lastSeq(member)) => ({
  protocol: 1,
  resume: {
    sessionId: member.session.sessionId,
    token: member.session.resumeToken,
    lastEvent,
  },
});

const isGone = ({ payload }: { payload: EventPayload<'participantUpdated'> }): boolean =>
  !payload.participant.isConnected;

describe('hello', () => {
  test('welcomes before it, once per socket, and not in another version', async () => {
    const client = clients.connect();
    const welcomes: unknown[] = [];
    client.socket.on('welcome', (welcome) => welcomes.push(welcome));
    expect(await client.code('hello', { protocol: 2 })).toBe('unsupported-version');
    const session = await client.get('hello', { protocol: 1 });
    expect(session).toMatchObject({ leaseMs: limits.sessionLeaseMs, isResumed: false });
    expect(await client.code('hello', { protocol: 1 })).toBe('session-exists');
    expect(welcomes).toEqual([{ protocol: [1], isLab: false }]);
  });

  test('bye ends the session and closes the socket', async () => {
    const [alice, bob] = await call();
    await alice.client.get('bye', {});
    await alice.client.closed();
    expect((await bob.client.event('participantLeft')).payload.reason).toBe('left');
    expect(await clients.connect().code('hello', resumeOf(alice))).toBe('session-expired');
  });
});

describe('a dropped socket', () => {
  test('resumes within the lease and misses no event', async () => {
    const [alice, bob] = await call();
    const to = bob.self.id;
    const sent: string[] = [];
    const offer = async (): Promise<void> => {
      const sdp = `v=0\r\ns=${sent.length}\r\n`;
      sent.push(sdp);
      await alice.client.get('offer', { to, sdp });
    };
    await offer();
    await bob.client.event('offer');
    const seen = lastSeq(bob);
    // In the middle of the relay: some of these die with the socket, some find none.
    const burst = Array.from({ length: 20 }, offer);
    bob.client.drop();
    await Promise.all(burst);
    await alice.client.event('participantUpdated', isGone);
    for (let i = 0; i < 20; i++) await offer();

    const again = clients.connect();
    const resumed = await again.get('hello', resumeOf(bob, seen));
    expect(resumed).toMatchObject({ sessionId: bob.session.sessionId, isResumed: true });
    expect(resumed.resumeToken).not.toBe(bob.session.resumeToken);
    await again.event('offer', ({ payload }) => payload.sdp === sent.at(-1));
    const replayed = again.events.map(({ seq }) => seq);
    expect(replayed).toEqual(replayed.map((_, index) => seen + 1 + index));
    const relayed = again.events.filter(({ name }) => name === 'offer');
    expect(relayed.map(({ payload }) => payload)).toEqual(
      sent.slice(1).map((sdp) => ({ from: alice.self.id, sdp })),
    );
    await alice.client.event('participantUpdated', ({ payload, seq }) => {
      return payload.participant.isConnected && seq > 2;
    });
    expect(await again.code('answer', { to: alice.self.id, sdp: 'v=0' })).toBe('ok');
  });

  test('is gone for the others when its lease ends', async () => {
    await restart({ sessionLeaseMs: shortLeaseMs });
    const [alice, bob] = await call();
    bob.client.drop();
    const left = await alice.client.event('participantLeft');
    expect(left.payload).toEqual({ participantId: bob.self.id, reason: 'lost' });
    expect(await clients.connect().code('hello', resumeOf(bob))).toBe('session-expired');
  });

  test('cannot resume once it missed more than is kept', async () => {
    const [alice, bob] = await call();
    const seen = lastSeq(bob);
    bob.client.drop();
    await alice.client.event('participantUpdated', isGone);
    // 513 events: limits.sessionBacklog is 512.
    const candidate = { to: bob.self.id, candidate: null };
    for (let i = 0; i < 513; i++) await alice.client.get('candidate', candidate);
    const again = clients.connect();
    expect(await again.code('hello', resumeOf(bob, seen))).toBe('session-expired');
    expect((await alice.client.event('participantLeft')).payload.reason).toBe('lost');
    // The socket itself is good for a new session.
    expect(await again.code('hello', { protocol: 1 })).toBe('ok');
  });
});

describe('the right to resume', () => {
  test('needs the token: the id alone, a wrong one and a used one are refused', async () => {
    const [, bob] = await call();
    bob.client.drop();
    const { resume } = resumeOf(bob);
    const wrong = { protocol: 1, resume: { ...resume, token: 'A'.repeat(43) } };
    expect(await clients.connect().code('hello', wrong)).toBe('session-expired');
    const unknown = { protocol: 1, resume: { ...resume, sessionId: 'A'.repeat(22) } };
    expect(await clients.connect().code('hello', unknown)).toBe('session-expired');
    const ahead = { protocol: 1, resume: { ...resume, lastEvent: 1000 } };
    const again = clients.connect();
    await again.get('hello', { protocol: 1, resume });
    await again.get('setMuted', { isMuted: true });
    expect(await clients.connect().code('hello', { protocol: 1, resume })).toBe('session-expired');
    expect(await clients.connect().code('hello', ahead)).toBe('session-expired');
    expect(again.socket.connected).toBe(true);
  });

  test('outlives an answer that was lost on its way', async () => {
    const [, bob] = await call();
    bob.client.drop();
    const { resume } = resumeOf(bob);
    const lost = clients.connect();
    await lost.get('hello', { protocol: 1, resume });
    lost.drop();
    // As if the new token had never arrived: the client has only the old one.
    expect(await clients.connect().code('hello', { protocol: 1, resume })).toBe('ok');
  });

  test('a second tab with the same session takes over, and the first is told', async () => {
    const [alice, bob] = await call();
    const seen = lastSeq(bob);
    const tab = clients.connect();
    await tab.get('hello', resumeOf(bob));
    await bob.client.event('sessionReplaced');
    await bob.client.closed();
    await alice.client.get('offer', { to: bob.self.id, sdp: 'v=0' });
    const offer = await tab.event('offer');
    // The notice belonged to the first tab alone: it took no number from the session.
    expect(offer.seq).toBe(seen + 1);
    expect(alice.client.events.some(({ name }) => name === 'participantLeft')).toBe(false);
    await tab.get('leave', {});
    expect((await alice.client.event('participantLeft')).payload.reason).toBe('left');
  });
});

describe('a repeated request', () => {
  const kind = { mode: 'dtls', topology: 'direct' };

  test('gets the answer that it got, whatever happened since', async () => {
    const client = clients.connect();
    await client.get('hello', { protocol: 1 });
    const first = await client.get('createCall', kind, 'same');
    const reordered = { topology: 'direct', mode: 'dtls' };
    expect(await client.get('createCall', reordered, 'same')).toEqual(first);
    expect((await client.get('createCall', kind, 'other')).callId).not.toBe(first.callId);
    expect(await client.code('createCall', { ...kind, mode: 'e2ee' }, 'same')).toBe(
      'request-conflict',
    );
    expect(await client.code('enterLobby', { ...first, ...kind }, 'same')).toBe('request-conflict');
  });

  test('shares the answer of the one in hand, and is relayed once', async () => {
    const [alice, bob] = await call();
    const offer = { to: bob.self.id, sdp: 'v=0' };
    const answers = await Promise.all([1, 2, 3].map(() => alice.client.ask('offer', offer, 'x')));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    await alice.client.get('answer', offer);
    await bob.client.event('answer');
    expect(bob.client.events.filter(({ name }) => name === 'offer')).toHaveLength(1);
  });

  test('is known after a resumption too', async () => {
    const [alice, bob] = await call();
    const joinAgain = await bob.client.ask('leave', {}, 'leave-1');
    expect(joinAgain.ok).toBe(true);
    bob.client.drop();
    const again = clients.connect();
    await again.get('hello', resumeOf(bob));
    expect(await again.code('leave', {}, 'leave-1')).toBe('ok');
    expect(await again.code('leave', {}, 'leave-2')).toBe('not-joined');
    await alice.client.event('participantLeft');
    expect(alice.client.events.filter(({ name }) => name === 'participantLeft')).toHaveLength(1);
  });

  test('may succeed where it was refused for now', async () => {
    const [alice, bob] = await call();
    const third = await clients.hello();
    const { callId } = await alice.client.get('createCall', kind);
    const input = { callId, ...kind, name: 'Carol', isMuted: false };
    const seats = [clients.connect(), clients.connect()];
    for (const seat of seats) {
      await seat.get('hello', { protocol: 1 });
      await seat.get('join', { ...input, name: 'Seat' });
    }
    expect(await third.code('join', input, 'join-1')).toBe('call-full');
    await seats[0]?.get('leave', {});
    expect(await third.code('join', input, 'join-1')).toBe('ok');
    expect(bob.client.socket.connected).toBe(true);
  });
});

describe('calls', () => {
  test('join order goes on, and never repeats', async () => {
    const [alice, bob] = await call();
    const orders = [alice.self.order, bob.self.order];
    await bob.client.get('leave', {});
    const left = await alice.client.event('participantLeft');
    expect(left.payload.participantId).toBe(bob.self.id);
    expect(orders).toEqual([0, 1]);
  });

  const kind = { mode: 'dtls', topology: 'direct' };

  test('that nobody joined are forgotten', async () => {
    await restart({ unusedCallMs: 50 });
    const client = await clients.hello();
    const { callId } = await client.get('createCall', kind);
    await gone(client, callId);
  });

  test('that everybody left are forgotten', async () => {
    await restart({ emptyCallMs: 50 });
    const client = await clients.hello();
    const made = await client.get('createCall', kind);
    await client.get('join', { ...made, ...kind, name: 'Ada', isMuted: false });
    await client.get('leave', {});
    await gone(client, made.callId);
  });

  test('are still there a while after the last participant left', async () => {
    const client = await clients.hello();
    const made = await client.get('createCall', kind);
    const input = { ...made, ...kind, name: 'Ada', isMuted: false };
    const first = await client.get('join', input);
    await client.get('leave', {});
    const second = await client.get('join', input);
    expect([first.self.order, second.self.order]).toEqual([0, 1]);
    expect(second.self.id).not.toBe(first.self.id);
  });
});

async function gone(client: Client, callId: string): Promise<void> {
  await eventually(async () => {
    // Of another kind: enters nothing while the call is there.
    const code = await client.code('enterLobby', { callId, mode: 'sdes', topology: 'direct' });
    return code === 'call-unknown' ? true : undefined;
  }, 'call forgotten');
}
