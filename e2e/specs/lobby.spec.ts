/** The join page is the call's lobby: keys are agreed on there, and nothing else happens before the joining. */
import { callIdOf } from '@earshot/intercept/stage/operator';
import type { CallKind } from '@earshot/intercept/stage/person';
import type { Stack } from '@earshot/intercept/stage/stack';
import { SignalingRecord, type RecordedMessage } from '@earshot/intercept/tap/signaling-record';
import type { Page } from '@playwright/test';
import { networkErrors } from '../fixtures/network-errors.ts';
import { helloAnswered } from '../fixtures/session.ts';
import { slowServer } from '../fixtures/slow-server.ts';
import type { Person } from '../fixtures/person.ts';
import { expect, test } from '../fixtures/test.ts';

/** Commit, DHPart_R, the initiator's three in one, Confirm_R. */
const flightsOfHandshake = 4;

/** What was relayed as envelopes so far, each flight once however often it was repeated. */
async function envelopes(
  { operatorUrl }: Stack,
  link: string,
  kind: 'handshake' | 'sender-key',
): Promise<readonly RecordedMessage[]> {
  const { messages } = await SignalingRecord.fetch(operatorUrl, callIdOf(link));
  const ofKind = messages.filter(({ payload }) => payload['kind'] === kind);
  return [...new Map(ofKind.map((one) => [one.payload['data'], one])).values()];
}

/** Before the first message the operator has no record of the call. */
async function expectHandshakes(stack: Stack, link: string, count: number): Promise<void> {
  await expect(async () => {
    const flights = await envelopes(stack, link, 'handshake');
    expect(flights).toHaveLength(count * flightsOfHandshake);
  }).toPass();
}

/** Creates a call and is alone in it. */
async function waitInCall(person: Person, kind: CallKind): Promise<string> {
  const link = await person.createCall(kind);
  await person.join();
  await person.expectPhase('waiting');
  return link;
}

async function expectInCall({ page }: Person, count: number): Promise<void> {
  await expect(page.getByTestId('participants')).toHaveAttribute('data-count', String(count));
}

/** From now on. */
async function countConnections({ page }: Person): Promise<() => Promise<number>> {
  const mark = 'test:connection';
  await page.addInitScript((name) => {
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        performance.mark(name);
      }
    };
  }, mark);
  return () => page.evaluate((name) => performance.getEntriesByName(name).length, mark);
}

// One to start the browser's part, in a room two to ask what it can do; then one, in a room one each way.
for (const [topology, onJoinPage, inCall] of [
  ['direct', 1, 2],
  ['room', 3, 5],
] as const) {
  test(`${topology}: what needs nobody is done before anybody comes`, async ({ invite }) => {
    const alice = await invite('alice');
    const bob = await invite('bob');
    const ofAlice = await countConnections(alice);
    const ofBob = await countConnections(bob);
    const link = await waitInCall(alice, { mode: 'e2ee', topology });
    await expect.poll(ofAlice).toBe(inCall);
    await bob.page.goto(link);
    await expectInCall(bob, 1);
    await expect.poll(ofBob).toBe(onJoinPage);
    await bob.join();
    await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
    expect([await ofAlice(), await ofBob()]).toEqual([inCall, inCall]);
  });
}

test('room: who joins over a slow server waits for no answer that can be done without', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await waitInCall(alice, { mode: 'e2ee', topology: 'room' });
  // Far more than a browser takes for a description, and for the first message of DTLS.
  const words = await slowServer(bob.page, 300);
  await bob.page.goto(link);
  await expectInCall(bob, 1);
  await bob.join();
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  const order = (kind: 'request' | 'answer', verb: string): number[] =>
    words.flatMap((word, at) => (word.kind === kind && word.verb === verb ? [at] : []));
  const [joined = -1] = order('answer', 'join');
  const transports = order('request', 'createTransport');
  expect(transports).toHaveLength(2);
  expect(Math.max(...transports)).toBeLessThan(joined);
  // The sending one is connected first: the other one only when `consume` is answered.
  const [sending = -1, receiving = -1] = order('answer', 'connectTransport');
  const [producing = Infinity] = order('request', 'produce');
  const [resuming = Infinity] = order('request', 'resumeConsumer');
  expect(producing).toBeLessThan(sending);
  expect(resuming).toBeLessThan(receiving);
});

test('keys are agreed on from the join page; who is on it is shown to nobody and gets no sender key', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const carol = await invite('carol');
  const link = await waitInCall(alice, { mode: 'e2ee', topology: 'room' });

  await bob.page.goto(link);
  await expectInCall(bob, 1);
  await expectHandshakes(stack, link, 1);
  await expect(alice.others).toHaveCount(0);
  await alice.expectPhase('waiting');
  expect(await envelopes(stack, link, 'sender-key')).toEqual([]);

  await carol.join(link);
  await expectInCall(bob, 2);
  await carol.expectHears('alice');
  await expect(carol.others).toHaveCount(1);
  await expectHandshakes(stack, link, 3);
  await carol.hangUp();
  await expectInCall(bob, 1);

  const before = await envelopes(stack, link, 'sender-key');
  await bob.join();
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  const bobId = await alice.idOf('bob');
  const isOfBob = ({ from, to }: RecordedMessage): boolean => from === bobId || to === bobId;
  expect(before.length, 'the control: alice and carol had keys').toBeGreaterThan(0);
  expect(before.filter(isOfBob), 'sender keys before bob joined').toEqual([]);
  const after = await envelopes(stack, link, 'sender-key');
  expect(new Set(after.filter(isOfBob).map(({ from }) => from)).size).toBe(2);
  await expectHandshakes(stack, link, 3);
});

test('who leaves the join page without joining leaves no worker, and no trace in the call', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await waitInCall(alice, { mode: 'e2ee', topology: 'direct' });
  await bob.page.goto(link);
  await expectInCall(bob, 1);
  await expectHandshakes(stack, link, 1);
  await bob.page.getByRole('link', { name: 'Earshot' }).click();
  await bob.page.getByTestId('create-call').waitFor();
  await expect.poll(() => bob.page.workers().length).toBe(0);

  // Under another id, with keys of its own.
  await bob.join(link);
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  await expectHandshakes(stack, link, 2);
});

test('in a mode without keys of its own the join page counts who is in the call', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'dtls', topology: 'room' });
  await bob.page.goto(link);
  await expectInCall(bob, 0);
  await alice.join();
  await alice.expectPhase('waiting');
  await expectInCall(bob, 1);
  // The control: what alice says is on record, though no envelope is.
  await expect(async () => {
    const { messages } = await SignalingRecord.fetch(stack.operatorUrl, callIdOf(link));
    expect(messages.map(({ verb }) => verb)).toContain('produce');
  }).toPass();
  await alice.hangUp();
  await expectInCall(bob, 0);
  expect(await envelopes(stack, link, 'handshake')).toEqual([]);
});

/** What the server says about the lobby waits until it is let through. */
async function holdLobby(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    let turn = Promise.resolve<unknown>(undefined);
    server.onMessage((message) => {
      if (String(message).includes('"peers":')) turn = turn.then(() => promise);
      turn = turn.then(() => {
        socket.send(message);
      });
    });
  });
  return () => {
    resolve(undefined);
  };
}

test('who joins before the lobby was entered is in the call once it is', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await waitInCall(alice, { mode: 'e2ee', topology: 'direct' });
  const letThrough = await holdLobby(bob.page);
  await bob.join(link);
  await bob.expectPhase('connecting');
  await expect(alice.others).toHaveCount(0);
  letThrough();
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
});

test('a server that is restarted while the join page is open: it stays open, and joining says that the call is gone', async ({
  invite,
  serve,
}) => {
  const first = await serve();
  const { port } = new URL(first.url);
  const alice = await invite('alice', { serverUrl: first.url });
  alice.expectConsole(networkErrors);
  await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await expectInCall(alice, 0);
  await first.stop('SIGKILL');
  const answered = helloAnswered(alice.page);
  await serve({ env: { PORT: port } });
  // By the new server, which does not know the page's session.
  await answered;
  await alice.join();
  await alice.expectEnded('call-unknown');
});

test('a page that was left and brought back joins all the same', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await waitInCall(alice, { mode: 'e2ee', topology: 'direct' });
  await bob.page.goto(link);
  await expectInCall(bob, 1);
  // As on the way into the back-forward cache, from which the page comes back as it was.
  await bob.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  await bob.join();
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
});

test('whoever joins before their typed name was drawn joins under what they typed', async ({
  invite,
}) => {
  const alice = await invite('alice');
  await alice.createCall({ mode: 'dtls', topology: 'direct' });
  await alice.allowMicrophone();
  // In one task, in which no page draws.
  await alice.page.getByTestId('name').evaluate((field: HTMLInputElement) => {
    field.value = 'Ada';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.form?.requestSubmit();
  });
  await expect(alice.page.getByTestId('self')).toContainText('Ada');
});
