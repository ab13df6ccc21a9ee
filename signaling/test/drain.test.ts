/** Stopping: what clients are told, what is refused, and that it ends. */
import { afterEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { Clients, startServer } from './wire.ts';

const kind = { mode: 'dtls', topology: 'direct' };
let server: EarshotServer;
const clients = new Clients(() => server.url);

afterEach(async () => {
  clients.close();
  await server.close();
});

describe('drain', () => {
  test('tells clients, takes no new call or participant, lets the call in hand end', async () => {
    server = await startServer({ env: { EARSHOT_DRAIN_MS: '60000' } });
    const { call, members } = await clients.placeCall();
    const [alice, bob] = members;
    const idle = await clients.hello();
    let isDrained = false;
    const drained = server.drain().then(() => (isDrained = true));
    for (const client of [alice.client, bob.client, idle]) {
      expect((await client.event('draining')).payload).toEqual({ deadlineMs: 60_000 });
    }
    expect(await idle.code('createCall', kind)).toBe('draining');
    expect(await idle.code('enterLobby', call)).toBe('draining');
    expect(await idle.code('join', { ...call, name: 'Eve', isMuted: false })).toBe('draining');
    // The call goes on: it is relayed for, and a dropped socket comes back.
    expect(await alice.client.code('offer', { to: bob.self.id, sdp: 'v=0' })).toBe('ok');
    bob.client.drop();
    const again = clients.connect();
    const { sessionId, resumeToken: token } = bob.session;
    const resume = { sessionId, token, lastEvent: 0 };
    expect(await again.code('hello', { protocol: 1, resume })).toBe('ok');
    await again.event('offer');
    expect(isDrained).toBe(false);
    await again.get('leave', {});
    expect(isDrained).toBe(false);
    await alice.client.get('leave', {});
    await drained;
  });

  test('ends at its deadline with people still in a call', async () => {
    server = await startServer({ env: { EARSHOT_DRAIN_MS: '50' } });
    const { members } = await clients.placeCall();
    await server.drain();
    await server.close();
    for (const { client } of members) await client.closed();
  });

  test('closing twice, and during a drain, is fine', async () => {
    server = await startServer({ env: { EARSHOT_DRAIN_MS: '60000' } });
    await clients.placeCall();
    const drained = server.drain();
    await Promise.all([server.close(), server.close(), drained]);
  });
});

describe('rate limits', () => {
  test('one verb of one session, and nobody else', async () => {
    server = await startServer();
    const [eager, calm] = [await clients.hello(), await clients.hello()];
    const callId = 'AAAAAAAAAAAAAAAAAAAAAA';
    const codes: string[] = [];
    for (let i = 0; i < 31; i++) codes.push(await eager.code('enterLobby', { callId, ...kind }));
    expect(codes.slice(0, 30).every((code) => code === 'call-unknown')).toBe(true);
    expect(codes[30]).toBe('rate-limited');
    expect(await eager.code('createCall', kind)).toBe('ok');
    expect(await calm.code('enterLobby', { callId, ...kind })).toBe('call-unknown');
  });

  test('sockets, calls and resumptions of one address', async () => {
    server = await startServer({ env: { EARSHOT_RATE_SCALE: '0.02', EARSHOT_MAX_CALLS: '100' } });
    // 300 connections, 300 resumptions and 120 calls a minute, times 0.02.
    const [first, second, third, fourth] = Array.from({ length: 6 }, () => clients.connect());
    await first?.get('hello', { protocol: 1 });
    await second?.get('hello', { protocol: 1 });
    for (const client of [first, second]) expect(await client?.code('createCall', kind)).toBe('ok');
    await third?.get('hello', { protocol: 1 });
    const calls = await third?.code('createCall', kind);
    await fourth?.get('hello', { protocol: 1 });
    expect([calls, await fourth?.code('createCall', kind)]).toEqual(['ok', 'rate-limited']);
    const seventh = clients.connect();
    await seventh.closed();
  });

  test('calls in all', async () => {
    server = await startServer({ env: { EARSHOT_MAX_CALLS: '1' } });
    const client = await clients.hello();
    expect(await client.code('createCall', kind)).toBe('ok');
    expect(await client.code('createCall', kind)).toBe('server-full');
  });
});
