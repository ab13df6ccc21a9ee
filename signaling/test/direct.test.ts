import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { Clients, startServer } from './wire.ts';

let server: EarshotServer;
const clients = new Clients(() => server.url);

beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  clients.close();
  await server.close();
});

describe('a direct call', () => {
  test('two people meet and negotiate', async () => {
    const alice = await clients.hello();
    const bob = await clients.hello();
    const kind = { mode: 'dtls', topology: 'direct' };
    const { callId } = await alice.get('createCall', kind);
    const first = await alice.get('join', { callId, ...kind, name: 'Alice', isMuted: false });
    const second = await bob.get('join', { callId, ...kind, name: 'Bob', isMuted: true });
    expect(first.participants).toEqual([]);
    expect(second.participants).toEqual([
      { id: first.self.id, name: 'Alice', order: 0, isMuted: false, isConnected: true },
    ]);
    const joined = await alice.event('participantJoined');
    expect(joined.payload.participant.id).toBe(second.self.id);

    await alice.get('offer', { to: second.self.id, sdp: 'v=0\r\n' });
    await bob.get('answer', { to: first.self.id, sdp: 'v=0\r\ns=-\r\n' });
    await bob.get('candidate', { to: first.self.id, candidate: null });
    expect((await bob.event('offer')).payload).toEqual({ from: first.self.id, sdp: 'v=0\r\n' });
    expect((await alice.event('answer')).payload.from).toBe(second.self.id);
    expect((await alice.event('candidate')).payload.candidate).toBeNull();

    await bob.get('bye', {});
    expect((await alice.event('participantLeft')).payload).toEqual({
      participantId: second.self.id,
      reason: 'left',
    });
    expect(alice.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});
