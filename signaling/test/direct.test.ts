import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EarshotServer } from '../src/server.ts';
import { Client, startServer } from './wire.ts';

let server: EarshotServer;
const clients: Client[] = [];

beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

async function hello(): Promise<Client> {
  const client = new Client(server.url);
  clients.push(client);
  await client.get('hello', { protocol: 1 });
  return client;
}

describe('a direct call', () => {
  test('two people meet and negotiate', async () => {
    const alice = await hello();
    const bob = await hello();
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

  test('people are told beforehand who they are in their next call', async () => {
    const client = new Client(server.url);
    clients.push(client);
    const { participantId } = await client.get('hello', { protocol: 1 });
    const kind = { mode: 'dtls', topology: 'direct' };
    const made = await client.get('createCall', kind);
    const join = () => client.get('join', { ...made, ...kind, name: 'Alice', isMuted: false });
    expect((await join()).self.id).toBe(participantId);
    const left = await client.get('leave', {});
    expect(left.participantId).not.toBe(participantId);
    expect((await join()).self.id).toBe(left.participantId);
  });

  test('key envelopes that come with a joining are passed on after it, and not in other modes', async () => {
    const alice = await hello();
    const bob = await hello();
    const kind = { mode: 'e2ee', topology: 'direct' };
    const { callId } = await alice.get('createCall', kind);
    const envelopes = ['AAECAwQ=', 'BQY='];
    const input = { callId, ...kind, isMuted: false, envelopes };
    const first = await alice.get('join', { ...input, name: 'Alice' });
    const second = await bob.get('join', { ...input, name: 'Bob' });
    expect((await alice.event('participantJoined')).payload.participant.id).toBe(second.self.id);
    const { seq, payload } = await alice.event('envelope');
    expect(seq).toBe(2);
    expect(payload).toEqual({ from: second.self.id, kind: 'handshake', data: 'AAECAwQ=' });
    // Nobody was there for the other three, and the answers are in the same order as the events.
    await alice.get('envelope', { to: second.self.id, kind: 'handshake', data: 'Bw==' });
    expect((await bob.event('envelope')).payload).toEqual({
      ...{ from: first.self.id, kind: 'handshake', data: 'Bw==' },
    });
    expect(alice.events).toHaveLength(2);

    const plain = { mode: 'dtls', topology: 'direct' };
    const carol = await hello();
    const made = await carol.get('createCall', plain);
    const refused = { ...made, ...plain, name: 'Carol', isMuted: false, envelopes };
    expect(await carol.code('join', refused)).toBe('mode-refused');
    expect((await carol.get('lookUpCall', made)).participants).toBe(0);
  });
});
