/** `e2ee` against a server that changes what it relays: no audio for it, and the client says what happened. */
import { startActiveRelay, type ActiveRelay } from '@earshot/intercept/operator/active-relay';
import { joinAsGhost } from '@earshot/intercept/operator/ghost';
import { HandshakeSwap } from '@earshot/intercept/operator/handshake-swap';
import { noiseAtMost } from '@earshot/intercept/measure/correlation';
import { callIdOf, linkSecretOf, operatorView } from '@earshot/intercept/stage/operator';
import { startTamperingStack, type TamperingStack } from '@earshot/intercept/stage/tampering-stack';
import type { Person } from '../fixtures/person.ts';
import { expect, test as base } from '../fixtures/test.ts';

interface Operators {
  readonly relay: ActiveRelay;
  readonly tampering: TamperingStack;
}

const test = base.extend<Operators>({
  // They outlive the windows: a page whose server goes first writes to its console.
  relay: async ({ stack, afterwards }, use) => {
    const relay = await startActiveRelay({ upstreamUrl: stack.url });
    afterwards(() => relay.close());
    await use(relay);
  },
  tampering: async ({ afterwards }, use) => {
    const stack = await startTamperingStack();
    afterwards(() => stack.stop());
    await use(stack);
  },
});

test.describe('a server that puts its own public values in the place of theirs', () => {
  test('gets no keys without the link secret, and both are told', async ({ invite, relay }) => {
    const alice = await invite('alice', { serverUrl: relay.url });
    const bob = await invite('bob', { serverUrl: relay.url });
    const link = await alice.createCall({ mode: 'e2ee', topology: 'direct' });
    const guess = new Uint8Array(32).fill(7);
    const swap = new HandshakeSwap({ relay, callId: callIdOf(link), linkSecret: guess });
    await alice.join();
    await alice.expectPhase('waiting');
    await bob.join(link);
    await alice.expectEnded('handshake-failed');
    await bob.expectEnded('handshake-failed');
    expect(swap.swapped).toBeGreaterThan(0);
    expect([...swap.states.values()].map(({ kind }) => kind)).not.toContain('secure');
    swap.close();
  });

  test('the control: with the link secret it does, and the safety codes differ', async ({
    invite,
    relay,
  }) => {
    const alice = await invite('alice', { serverUrl: relay.url });
    const bob = await invite('bob', { serverUrl: relay.url });
    const link = await alice.createCall({ mode: 'e2ee', topology: 'direct' });
    const linkSecret = linkSecretOf(link);
    const swap = new HandshakeSwap({ relay, callId: callIdOf(link), linkSecret });
    await alice.join();
    await alice.expectPhase('waiting');
    await bob.join(link);
    await expect(alice.other('bob')).toHaveAttribute('data-keying', 'secure');
    await expect(bob.other('alice')).toHaveAttribute('data-keying', 'secure');
    expect([...swap.states.values()].map(({ kind }) => kind)).toEqual(['secure', 'secure']);
    await alice.openDetails();
    await bob.openDetails();
    expect(await alice.safetyCode()).not.toBe(await bob.safetyCode());
    // Their media is sealed for the server, not for each other: neither hears the other.
    expect((await alice.heard('bob', { seconds: 4 })).score).toBeLessThanOrEqual(noiseAtMost);
    await alice.page.getByTestId('codes-differ').click();
    await alice.expectEnded('codes-differ');
    swap.close();
  });
});

test('without a dishonest server both see the same safety code', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'e2ee', topology: 'direct' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await expect(alice.other('bob')).toHaveAttribute('data-keying', 'secure');
  await expect(bob.other('alice')).toHaveAttribute('data-keying', 'secure');
  await alice.openDetails();
  await bob.openDetails();
  expect(await alice.safetyCode()).toBe(await bob.safetyCode());
});

test('a server that offers another mode is refused', async ({ invite, relay }) => {
  relay.setRewrite((message) => {
    if (message.kind === 'answer' && message.verb === 'join') {
      return [{ ...message, result: { ...message.result, mode: 'dtls' } }];
    }
    return [message];
  });
  const alice = await invite('alice', { serverUrl: relay.url });
  await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectEnded('mode-refused');
});

test('a server that made another kind of call is refused before joining', async ({
  invite,
  relay,
}) => {
  relay.setRewrite((message) => {
    if (message.kind === 'request' && message.verb === 'createCall') {
      return [{ ...message, input: { ...message.input, mode: 'dtls' } }];
    }
    return [message];
  });
  const alice = await invite('alice', { serverUrl: relay.url });
  await createSealedCall(alice, relay);
  await alice.expectEnded('mode-refused');
});

test('a server that names another mode in the lobby is refused, and nothing was sent', async ({
  invite,
  relay,
}) => {
  let envelopes = 0;
  relay.setRewrite((message) => {
    if (message.kind === 'request' && message.verb === 'envelope') envelopes++;
    if (message.kind === 'answer' && message.verb === 'enterLobby') {
      return [{ ...message, result: { ...message.result, mode: 'sdes' } }];
    }
    return [message];
  });
  const alice = await invite('alice', { serverUrl: relay.url });
  await createSealedCall(alice, relay);
  await alice.expectEnded('mode-refused');
  expect(envelopes).toBe(0);
});

test('frames that the media server changes, repeats or adds are not played', async ({
  invite,
  tampering,
}) => {
  const alice = await invite('alice', { serverUrl: tampering.url });
  const bob = await invite('bob', { serverUrl: tampering.url });
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  // The control: through the same detour, unchanged, they hear each other.
  await alice.expectHears('bob');

  await alice.openDetails();
  const attacks = [
    { tampering: 'flip-bit', reason: 'auth' },
    { tampering: 'truncate', reason: 'auth' },
    { tampering: 'replay', reason: 'replay' },
    { tampering: 'clear-opus', reason: 'malformed' },
    { tampering: 'other-sender', reason: 'auth' },
  ] as const;
  for (const attack of attacks) {
    await tampering.tamper(attack.tampering);
    // Listening begins when the attack has arrived: what the jitter buffer still held is honest speech.
    await expect(alice.page.getByTestId(`dropped-${attack.reason}`).first()).toBeVisible();
    const { score } = await alice.heard('bob', { seconds: 4 });
    expect(score, attack.tampering).toBeLessThanOrEqual(noiseAtMost);
  }
  await tampering.tamper('none');
  await alice.expectHears('bob');
});

test('the control: in dtls the same changes are played', async ({ invite, tampering }) => {
  const alice = await invite('alice', { serverUrl: tampering.url });
  const bob = await invite('bob', { serverUrl: tampering.url });
  const link = await alice.createCall({ mode: 'dtls', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await alice.expectHears('bob');
  // Alice is given her own voice as bob's.
  await tampering.tamper('other-sender');
  await alice.expectHears('alice');
});

test('a ghost on the roster gets no key, and everybody sees that it has none', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await alice.expectHears('bob');
  const callId = callIdOf(link);
  const ghost = await joinAsGhost({
    serverUrl: stack.url,
    callId,
    topology: 'room',
    name: 'ghost',
  });
  for (const person of [alice, bob]) {
    await expect(person.other('ghost')).toHaveAttribute('data-keying', 'failed');
    await expect(person.other('ghost')).toContainText('You do not hear each other');
  }
  // The control: a member with the link's secret does get the keys, and opens what is sent from then on.
  const member = await joinAsGhost({
    serverUrl: stack.url,
    callId,
    topology: 'room',
    name: 'member',
    linkSecret: linkSecretOf(link),
  });
  for (const person of [alice, bob]) {
    await expect(person.other('member')).toHaveAttribute('data-keying', 'secure');
  }
  const bobId = await alice.idOf('bob');
  await expect.poll(() => member.states.get(bobId)?.kind).toBe('secure');
  await alice.expectHears('bob');
  const packets = (await operatorView(stack, link)).packets.get(bobId) ?? [];
  const lastPackets = packets.slice(-50);
  const openedBy = (who: typeof ghost): number =>
    lastPackets.filter(({ payload }) => who.openerFor(bobId).open(payload).ok).length;
  expect(openedBy(ghost)).toBe(0);
  expect(openedBy(member)).toBe(50);
  ghost.close();
  member.close();
});

/** Its join page is not waited for: there may be none. */
async function createSealedCall({ page }: Person, { url }: ActiveRelay): Promise<void> {
  await page.goto(url);
  await page.getByTestId('mode-e2ee').check();
  await page.getByTestId('create-call').click();
}
