/** A member without a browser towards somebody in the lobby: keys agreed on, none given before they join. */
import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import { Secret } from '@earshot/keying/secret';
import {
  createE2eeSession,
  type Admission,
  type E2eeSession,
  type PeerKeyState,
} from '@earshot/keying/session';
import { participantId, type ServerEvent } from '@earshot/protocol';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import { createCall } from '../src/call/create-call.ts';
import { createIdentity } from '../src/device-identity.ts';
import { KeyedParticipant } from '../src/keyed-participant.ts';
import { SignalingPeer } from '../src/signaling-peer.ts';
import { timerScheduler } from '../src/timer-scheduler.ts';

const kind = { mode: 'e2ee', topology: 'direct' } as const;

let server: EarshotServer;
const toClose: { close(): void }[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  for (const each of toClose.splice(0)) each.close();
});
afterAll(() => server.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

type Call = Awaited<ReturnType<typeof callWithAlice>>;

async function callWithAlice() {
  const callId = await createCall({ serverUrl: server.url, ...kind });
  const linkSecret = new Uint8Array(randomBytes(32));
  const { topology } = kind;
  const alice = await KeyedParticipant.join({
    ...{ serverUrl: server.url, callId, topology, linkSecret, name: 'alice' },
  });
  toClose.push(alice);
  return { callId, linkSecret, alice };
}

/** `admit`: gives away its own key at once, as no honest client does before it joined. */
async function visit({ callId, linkSecret }: Call, admission: Admission) {
  const events: ServerEvent[] = [];
  const states = new Map<string, PeerKeyState>();
  let receive = (event: ServerEvent): void => void events.push(event);
  const peer = await SignalingPeer.open({
    serverUrl: server.url,
    onEvent: (event) => {
      receive(event);
    },
  });
  const place = { callId, ...kind };
  const { self, peers } = await peer.request('enterLobby', place);
  const session = createE2eeSession({
    ...{ callId, selfId: self.id, selfOrder: self.order, identity: createIdentity() },
    linkSecret: Secret.copy(linkSecret),
    random: (length) => new Uint8Array(randomBytes(length)),
    scheduler: timerScheduler,
    admission: () => admission,
    onEnvelope: (to, envelopeKind, data) => {
      const envelope = { to: participantId.parse(to), kind: envelopeKind, data: toBase64(data) };
      void peer.request('envelope', envelope);
    },
    onPeerState: (peerId, state) => states.set(peerId, state),
    onSenderKey: () => undefined,
  });
  receive = (event) => {
    events.push(event);
    if (event.name !== 'envelope') return;
    const { from, kind: envelopeKind, data } = event.payload;
    session.receive(from, envelopeKind, fromBase64(data));
  };
  for (const { id, order } of peers) session.addPeer({ peerId: id, order });
  toClose.push(session, peer);
  return { self, peer, session, states, events, place };
}

const sealed = (session: E2eeSession): Uint8Array => {
  const outcome = session.sealer.seal(Uint8Array.of(1, 2, 3), { rtpTimestamp: 960 });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.bytes;
};

test('somebody in the lobby is agreed with, and given a key once they joined', async () => {
  const call = await callWithAlice();
  const { alice } = call;
  const { self, peer, session, states, events, place } = await visit(call, 'hold');
  await until(() => {
    expect(alice.states.get(self.id)?.kind).toBe('held');
    expect(states.get(alice.self.id)?.kind).toBe('held');
  });
  // A key would follow the last flight at once; this comes back after it.
  await peer.request('createCall', kind);
  const kinds = () =>
    events.flatMap(({ name, payload }) => (name === 'envelope' ? [payload.kind] : []));
  expect(new Set(kinds())).toEqual(new Set(['handshake']));

  await peer.request('join', { ...place, name: 'bob', isMuted: false });
  session.admit(alice.self.id);
  await until(() => {
    expect(alice.states.get(self.id)?.kind).toBe('secure');
    expect(kinds()).toContain('sender-key');
    expect(alice.openerFor(self.id).open(sealed(session)).ok).toBe(true);
  });
});

test('somebody who gives their own key in the lobby is not heard before they joined', async () => {
  const call = await callWithAlice();
  const { alice } = call;
  const { self, peer, session, states, events, place } = await visit(call, 'admit');
  await until(() => {
    expect(alice.states.get(self.id)?.kind).toBe('held');
    expect(states.get(alice.self.id)?.kind).toBe('secure');
    // Alice has it: she acknowledges what she was given.
    expect(
      events.some(({ name, payload }) => name === 'envelope' && payload.kind === 'sender-key'),
    ).toBe(true);
  });
  const early = sealed(session);
  expect(alice.openerFor(self.id).open(early)).toEqual({ ok: false, reason: 'no-key' });
  await peer.request('join', { ...place, name: 'bob', isMuted: false });
  await until(() => {
    expect(alice.openerFor(self.id).open(early).ok).toBe(true);
  });
});

test('who leaves the lobby is forgotten, and may come again', async () => {
  const call = await callWithAlice();
  const { alice } = call;
  const { self, peer } = await visit(call, 'hold');
  await until(() => {
    expect(alice.states.get(self.id)?.kind).toBe('held');
  });
  await peer.request('leave', {});
  const again = await visit(call, 'hold');
  await again.peer.request('join', { ...again.place, name: 'bob', isMuted: false });
  await until(() => {
    expect(alice.states.get(again.self.id)?.kind).toBe('secure');
  });
  expect(again.self.id).not.toBe(self.id);
});
