/** The swap of public values, which the model finds, done by a dishonest relay before the real server. */
import { KeyedParticipant } from '@earshot/peer/keyed-participant';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { Client, eventually, startServer } from '../../signaling/test/wire.ts';
import { startActiveRelay } from '../src/operator/active-relay.ts';
import { HandshakeSwap } from '../src/operator/handshake-swap.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function swapBetween(knowsLink: boolean) {
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
  const join = (name: string): Promise<KeyedParticipant> =>
    KeyedParticipant.join({ serverUrl: relay.url, callId, topology: 'direct', name, linkSecret });
  const alice = await join('alice');
  closing.push(() => alice.close());
  const bob = await join('bob');
  closing.push(() => bob.close());
  const endOf = (one: KeyedParticipant, other: KeyedParticipant) =>
    eventually(() => {
      const state = one.states.get(other.self.id);
      return state === undefined || state.kind === 'agreeing' ? undefined : state;
    }, 'the handshake ends');
  return { swap, ofAlice: await endOf(alice, bob), ofBob: await endOf(bob, alice) };
}

it('gets nowhere without the secret of the link', async () => {
  const { swap, ofAlice, ofBob } = await swapBetween(false);
  expect([ofAlice.kind, ofBob.kind]).toEqual(['failed', 'failed']);
  expect(swap.swapped).toBeGreaterThan(0);
});

it('has both pairs with it, and the codes differ', async () => {
  const { swap, ofAlice, ofBob } = await swapBetween(true);
  expect([ofAlice.kind, ofBob.kind]).toEqual(['secure', 'secure']);
  await eventually(
    () => (swap.states.size === 2 ? true : undefined),
    'the relay is secure with both',
  );
  if (ofAlice.kind !== 'secure' || ofBob.kind !== 'secure') throw new TypeError('not secure');
  expect(ofAlice.sas).not.toEqual(ofBob.sas);
});
