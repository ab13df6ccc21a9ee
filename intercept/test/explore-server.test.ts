/** The swap of public values, which the model finds, done by a dishonest relay before the real server. */
import { KeyedParticipant } from '@earshot/peer/keyed-participant';
import { LobbyVisitor } from '@earshot/peer/lobby-visitor';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, eventually, startServer } from '../../signaling/test/wire.ts';
import { startActiveRelay } from '../src/operator/active-relay.ts';
import { HandshakeSwap } from '../src/operator/handshake-swap.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Bob comes straight into the call, or agrees on keys in its lobby and then joins. */
async function swapBetween(way: 'straight' | 'through the lobby', knowsLink: boolean) {
  const server = await startServer();
  closing.push(() => server.close());
  const relay = await startActiveRelay({ upstreamUrl: server.url });
  closing.push(() => relay.close());
  const caller = new Client(server.url);
  closing.push(() => caller.close());
  await caller.get('hello', { protocol: 1 });
  const kind = { mode: 'e2ee', topology: 'direct' } as const;
  const { callId } = await caller.get('createCall', kind);
  const linkSecret = new Uint8Array(randomBytes(32));
  const guess = knowsLink ? linkSecret : new Uint8Array(randomBytes(32));
  const swap = new HandshakeSwap({ relay, callId, linkSecret: guess });
  closing.push(() => swap.close());
  const seat = { serverUrl: relay.url, callId, topology: kind.topology, linkSecret };
  const alice = await KeyedParticipant.join({ ...seat, name: 'alice' });
  closing.push(() => alice.close());
  const bob =
    way === 'through the lobby'
      ? await LobbyVisitor.enter({ ...seat, admission: 'hold' })
      : await KeyedParticipant.join({ ...seat, name: 'bob' });
  closing.push(() => bob.close());
  const endOf = (one: Side, other: Side) =>
    eventually(() => {
      const state = one.states.get(other.self.id);
      return state === undefined || state.kind === 'agreeing' ? undefined : state;
    }, 'the handshake ends');
  const before = { ofAlice: await endOf(alice, bob), ofBob: await endOf(bob, alice) };
  if (bob instanceof KeyedParticipant) return { swap, ...before };
  expect([before.ofAlice.kind, before.ofBob.kind]).toEqual(
    knowsLink ? ['held', 'held'] : ['failed', 'failed'],
  );
  await bob.join('bob');
  await eventually(
    () => (alice.states.get(bob.self.id)?.kind === 'held' ? undefined : true),
    'alice admits bob',
  );
  return { swap, ofAlice: await endOf(alice, bob), ofBob: await endOf(bob, alice) };
}

type Side = Pick<KeyedParticipant | LobbyVisitor, 'self' | 'states'>;

describe.each(['straight', 'through the lobby'] as const)(
  'towards somebody who comes %s',
  (way) => {
    it('gets nowhere without the secret of the link', async () => {
      const { swap, ofAlice, ofBob } = await swapBetween(way, false);
      expect([ofAlice.kind, ofBob.kind]).toEqual(['failed', 'failed']);
      expect(swap.swapped).toBeGreaterThan(0);
    });

    it('has both pairs with it, and the codes differ', async () => {
      const { swap, ofAlice, ofBob } = await swapBetween(way, true);
      expect([ofAlice.kind, ofBob.kind]).toEqual(['secure', 'secure']);
      await eventually(
        () => (swap.states.size === 2 ? true : undefined),
        'the relay is secure with both',
      );
      if (ofAlice.kind !== 'secure' || ofBob.kind !== 'secure') throw new TypeError('not secure');
      expect(ofAlice.sas).not.toEqual(ofBob.sas);
    });
  },
);
