/** A member without a browser towards somebody in the lobby: keys agreed on, none given before they join. */
import { randomBytes } from 'node:crypto';
import type { Admission, E2eeSession } from '@earshot/keying/session';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startServer } from '../../signaling/test/wire.ts';
import { createCall } from '../src/call/create-call.ts';
import { KeyedParticipant } from '../src/keyed-participant.ts';
import { LobbyVisitor } from '../src/lobby-visitor.ts';

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

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 10 });

async function callWithAlice() {
  const seat = {
    serverUrl: server.url,
    callId: await createCall({ serverUrl: server.url, ...kind }),
    topology: kind.topology,
    linkSecret: new Uint8Array(randomBytes(32)),
  };
  const alice = await KeyedParticipant.join({ ...seat, name: 'alice' });
  toClose.push(alice);
  const visit = async (admission: Admission): Promise<LobbyVisitor> => {
    const visitor = await LobbyVisitor.enter({ ...seat, admission });
    toClose.push(visitor);
    return visitor;
  };
  return { alice, visit };
}

function kindsOf({ received }: LobbyVisitor): string[] {
  return received.map(({ kind: envelopeKind }) => envelopeKind);
}

function sealed({ sealer }: E2eeSession): Uint8Array {
  const outcome = sealer.seal(Uint8Array.of(1, 2, 3), { rtpTimestamp: 960 });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.bytes;
}

test('somebody in the lobby is agreed with, and given a key once they joined', async () => {
  const { alice, visit } = await callWithAlice();
  const bob = await visit('hold');
  await until(() => {
    expect(alice.states.get(bob.self.id)?.kind).toBe('held');
    expect(bob.states.get(alice.self.id)?.kind).toBe('held');
  });
  // A key would follow the last flight at once; this comes back after it.
  await bob.signaling.request('createCall', kind);
  expect(new Set(kindsOf(bob))).toEqual(new Set(['handshake']));

  await bob.join('bob');
  await until(() => {
    expect(alice.states.get(bob.self.id)?.kind).toBe('secure');
    expect(kindsOf(bob)).toContain('sender-key');
    expect(alice.openerFor(bob.self.id).open(sealed(bob.session)).ok).toBe(true);
  });
});

test('somebody who gives their own key in the lobby is not heard before they joined', async () => {
  const { alice, visit } = await callWithAlice();
  const bob = await visit('admit');
  await until(() => {
    expect(alice.states.get(bob.self.id)?.kind).toBe('held');
    // Alice has it: she acknowledges what she was given.
    expect(kindsOf(bob)).toContain('sender-key');
  });
  const early = sealed(bob.session);
  expect(alice.openerFor(bob.self.id).open(early)).toEqual({ ok: false, reason: 'no-key' });
  await bob.join('bob');
  await until(() => {
    expect(alice.openerFor(bob.self.id).open(early).ok).toBe(true);
  });
});

test('who leaves the lobby may come again', async () => {
  const { alice, visit } = await callWithAlice();
  const bob = await visit('hold');
  await until(() => {
    expect(alice.states.get(bob.self.id)?.kind).toBe('held');
  });
  await bob.signaling.request('leave', {});
  await until(() => {
    expect([...alice.states.keys()]).toEqual([]);
  });
  const again = await visit('hold');
  await again.join('bob');
  await until(() => {
    expect(alice.states.get(again.self.id)?.kind).toBe('secure');
  });
  expect(again.self.id).not.toBe(bob.self.id);
});
