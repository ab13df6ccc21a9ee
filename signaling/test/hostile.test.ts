/** Whatever is sent, the server answers with a code, changes nothing, and stays up. */
import { verbs } from '@earshot/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readGolden, samplesOf } from '../../protocol/test/golden.ts';
import type { EarshotServer } from '../src/server.ts';
import { Clients, hangsAfterMs, placeCall, startServer } from './wire.ts';

let server: EarshotServer;
const clients = new Clients(() => server.url);

beforeAll(async () => {
  server = await startServer({ env: { EARSHOT_RATE_SCALE: '100' } });
});
afterEach(async () => {
  clients.close();
  // Up, and good for a call.
  await placeCall(server.url);
});
afterAll(() => server.close());

describe.each(verbs)('%s', (verb) => {
  test('refuses each rejected sample and goes on with the session', async () => {
    const client = verb === 'hello' ? clients.connect() : await clients.hello();
    for (const { value, why } of samplesOf(readGolden('request-inputs'), verb).rejected) {
      expect(await client.code(verb, value), why).toBe('bad-message');
    }
    for (const { value, why } of samplesOf(readGolden('frames'), 'request').rejected) {
      const answer = await client.askRaw(verb, value);
      expect(answer.ok ? 'ok' : answer.error.code, why).toBe('bad-message');
    }
    expect(client.socket.connected).toBe(true);
    if (verb === 'hello') await client.get('hello', { protocol: 1 });
    await client.get('createCall', { mode: 'dtls', topology: 'direct' });
  });

  test('answers anything with a code', async () => {
    let client = await clients.hello();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const answer = await client.askRaw(verb, value);
        expect(answer.ok).toBe(false);
        const inside = await client.ask(verb, value);
        expect(inside.ok || inside.error.code !== 'internal').toBe(true);
        // An empty object is a whole `bye`.
        if (verb === 'bye' && inside.ok) client = await clients.hello();
      }),
      { numRuns: 25 },
    );
  });

  test.runIf(verb !== 'hello')('needs a session', async () => {
    const client = clients.connect();
    for (const value of samplesOf(readGolden('request-inputs'), verb).accepted) {
      expect(await client.code(verb, value)).toBe('no-session');
    }
  });
});

describe('frames', () => {
  test('a frame over the limit closes its socket and no other', async () => {
    const other = await clients.hello();
    const client = await clients.hello();
    client.socket.emit('createCall', { id: 'big', input: 'x'.repeat(70_000) }, () => undefined);
    await client.closed();
    expect(await other.code('createCall', { mode: 'dtls', topology: 'direct' })).toBe('ok');
  });

  test('events that are no verbs are answered where they can be', async () => {
    const client = await clients.hello();
    for (const name of ['constructor', '__proto__', 'toString', 'event', 'welcome', '']) {
      const answer: unknown = await client.socket.timeout(hangsAfterMs).emitWithAck(name, {});
      expect(answer).toMatchObject({ ok: false, error: { code: 'bad-message' } });
    }
    client.socket.emit('createCall', { id: 'a', input: { mode: 'dtls', topology: 'direct' } });
    client.socket.emit('createCall');
    const extra: unknown = await client.socket.timeout(hangsAfterMs).emitWithAck('bye', {}, {});
    expect(extra).toMatchObject({ ok: false, error: { code: 'bad-message' } });
  });

  test('binary where JSON belongs is refused', async () => {
    const client = await clients.hello();
    const answer = await client.askRaw('bye', Buffer.from('{}'));
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-message' } });
    expect(await client.code('bye', new Uint8Array(4))).toBe('bad-message');
  });

  test('deep nesting is refused', async () => {
    const client = await clients.hello();
    const deep: unknown = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`);
    expect(await client.code('bye', deep)).toBe('bad-message');
    const rtpParameters = { codecs: [{}], encodings: [{ ssrc: 1, deep }] };
    const transportId = '6f9619ff-8b86-4d01-b42d-00c04fc964ff';
    expect(await client.code('produce', { transportId, rtpParameters })).toBe('bad-message');
  });
});

describe('a wrong place', () => {
  test('unknown calls and participants, other modes, and no call at all', async () => {
    const client = await clients.hello();
    const callId = 'AAAAAAAAAAAAAAAAAAAAAA';
    const who = { name: 'Ada', isMuted: false };
    const unknown = { callId, mode: 'dtls', topology: 'direct' };
    expect(await client.code('enterLobby', unknown)).toBe('call-unknown');
    expect(await client.code('join', { ...unknown, ...who })).toBe('call-unknown');
    for (const verb of ['leave', 'setMuted', 'offer', 'envelope', 'createTransport'] as const) {
      const [accepted] = samplesOf(readGolden('request-inputs'), verb).accepted;
      expect(await client.code(verb, accepted), verb).toBe('not-joined');
    }
    const kind = { mode: 'dtls', topology: 'direct' };
    const made = await client.get('createCall', kind);
    for (const other of [
      { mode: 'e2ee', topology: 'direct' },
      { mode: 'sdes', topology: 'direct' },
      { mode: 'dtls', topology: 'room' },
    ]) {
      expect(await client.code('enterLobby', { ...made, ...other })).toBe('mode-refused');
      expect(await client.code('join', { ...made, ...other, ...who })).toBe('mode-refused');
    }
    const { self } = await client.get('join', { ...made, ...kind, ...who });
    expect(await client.code('join', { ...made, ...kind, ...who })).toBe('already-joined');
    expect(await client.code('offer', { to: self.id, sdp: 'v=0' })).toBe('participant-unknown');
    expect(await client.code('offer', { to: callId, sdp: 'v=0' })).toBe('participant-unknown');
    expect(await client.code('createTransport', { direction: 'send' })).toBe('wrong-topology');
    expect(await client.code('envelope', { to: callId, kind: 'handshake', data: 'AA==' })).toBe(
      'mode-refused',
    );
    expect(await client.code('createCall', { mode: 'dtls', topology: 'room' })).toBe('server-full');
  });

  test('a third person in a direct call, and one of another call', async () => {
    const { call, members } = await clients.placeCall();
    const third = await clients.hello();
    expect(await third.code('join', { ...call, name: 'Eve', isMuted: false })).toBe('call-full');
    const own = await third.get('createCall', { mode: 'dtls', topology: 'direct' });
    const kind = { mode: 'dtls', topology: 'direct' };
    await third.get('join', { ...own, ...kind, name: 'Eve', isMuted: false });
    const [victim] = members;
    const foreign = { to: victim.self.id, sdp: 'v=0' };
    expect(await third.code('offer', foreign)).toBe('participant-unknown');
  });
});

describe('a=crypto lines', () => {
  const crypto =
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  test.each([
    ['sdes', `v=0\r\n${crypto}\r\n`, 'ok'],
    ['sdes', 'v=0\r\n', 'crypto-refused'],
    ['sdes', `v=0\r\ns=${crypto}\r\n`, 'crypto-refused'],
    ['dtls', `v=0\r\n${crypto}\r\n`, 'crypto-refused'],
    ['e2ee', `v=0\n${crypto}\n`, 'crypto-refused'],
    ['e2ee', `v=0\r${crypto}`, 'crypto-refused'],
    ['e2ee', 'v=0\r\n', 'ok'],
  ])('%s takes %j: %s', async (mode, sdp, outcome) => {
    const { members } = await clients.placeCall(mode);
    const [alice, bob] = members;
    expect(await alice.client.code('offer', { to: bob.self.id, sdp })).toBe(outcome);
    expect(await bob.client.code('answer', { to: alice.self.id, sdp })).toBe(outcome);
  });
});
