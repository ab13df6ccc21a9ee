/**
 * What is left of a call's keys in the memory of its browsers: all that their processes can write to, not a heap snapshot,
 * which holds no contents of array buffers and nothing that was freed. Nobody asks for garbage to be collected.
 */
import type { Browser } from '@playwright/test';
import type { RtpPacket } from '@earshot/intercept/dissect/rtp';
import { startActiveRelay } from '@earshot/intercept/operator/active-relay';
import { FingerprintSwap } from '@earshot/intercept/operator/fingerprint-swap';
import { frameKeyTraces, type FrameKeyTraces } from '@earshot/intercept/recover/frame-key-traces';
import { traceOf, TraceSearch, type Trace } from '@earshot/intercept/recover/trace-search';
import type { BrowserPool } from '@earshot/intercept/stage/chromium';
import { drawnRandomness, recordDrawnRandomness } from '@earshot/intercept/stage/drawn-randomness';
import { callIdOf, linkSecretOf, operatorView } from '@earshot/intercept/stage/operator';
import { memoryOf } from '@earshot/intercept/tap/process-memory';
import type { Topology } from '@earshot/keying/mode';
import type { Person } from '../fixtures/person.ts';
import { expect, test } from '../fixtures/test.ts';

test.skip(process.platform !== 'linux', 'memory of processes is read through /proc');

test('room: keys leave the memory of browsers when a person leaves, and when they hang up', async ({
  invite,
  browsers,
  stack,
}) => {
  const alice = await invite('alice', { prepare: recordDrawnRandomness });
  const bob = await invite('bob', { prepare: recordDrawnRandomness });
  const link = await talk([alice, bob], 'room');
  const view = await operatorView(stack, link);
  const keys = await keysOf([alice, bob], { link, packetsOf: (id) => view.packets.get(id) });
  const foundAt = finder(browsers, keys);
  await expectKeysInUse([alice, bob], { foundAt, keys });

  await alice.hangUp();
  await expectNoWorker(alice);
  await expectOnlyFound(alice, { foundAt, traces: [keys.address], when: 'who hung up' });
  // His worker goes on: here it is wiping that removes them, not the end of what they were in.
  await bob.expectPhase('waiting');
  const traces = [keys.address, keys.linkSecret];
  await expectOnlyFound(bob, { foundAt, traces, when: 'whom alice has left' });

  await bob.hangUp();
  await expectNoWorker(bob);
  await expectOnlyFound(bob, { foundAt, traces: [keys.address], when: 'who hung up' });
});

test('direct: keys leave the memory of both browsers when one hangs up', async ({
  invite,
  browsers,
  stack,
  afterwards,
}) => {
  // Without a media server the sealed frames are inside DTLS: between two connections of an operator's own they are not.
  const relay = await startActiveRelay({ upstreamUrl: stack.url });
  afterwards(() => relay.close());
  const bridge = new FingerprintSwap(relay, 'swap');
  afterwards(() => bridge.close());
  const options = { serverUrl: relay.url, prepare: recordDrawnRandomness };
  const alice = await invite('alice', options);
  const bob = await invite('bob', options);
  const link = await talk([alice, bob], 'direct');
  const { victims } = bridge;
  const packetsOf = (id: string): Packets => victims.find((victim) => victim.id === id)?.packets;
  const keys = await keysOf([alice, bob], { link, packetsOf });
  const foundAt = finder(browsers, keys);
  await expectKeysInUse([alice, bob], { foundAt, keys });

  await alice.hangUp();
  await bob.expectEnded('other-left');
  for (const person of [alice, bob]) {
    await expectNoWorker(person);
    await expectOnlyFound(person, { foundAt, traces: [keys.address], when: 'after the call' });
  }
});

type Pair = readonly [Person, Person];
type Packets = readonly RtpPacket[] | undefined;
type FoundAt = (person: Person) => Promise<readonly string[]>;

/** @returns the invite link, when each hears the other. */
async function talk([alice, bob]: Pair, topology: Topology): Promise<string> {
  const link = await alice.createCall({ mode: 'e2ee', topology });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  return link;
}

interface CallKeys {
  /** The page's own address has the link's secret, before the call and after. */
  readonly address: Trace;
  readonly linkSecret: Trace;
  /** What opens frames now, of both senders. */
  readonly inUse: readonly Trace[];
  /** And all that ever did, or was needed on the way to it. */
  readonly all: readonly Trace[];
}

interface SealedCall {
  readonly link: string;
  /** What that person sent, sealed and from the first packet on. */
  readonly packetsOf: (senderId: string) => Packets;
}

async function keysOf([alice, bob]: Pair, { link, packetsOf }: SealedCall): Promise<CallKeys> {
  const keysFrom = async (sender: Person, receiver: Person): Promise<FrameKeyTraces[]> => {
    const senderId = await receiver.idOf(sender.speaker);
    return frameKeyTraces(sender.speaker, {
      packets: packetsOf(senderId) ?? [],
      origin: { callId: callIdOf(link), senderId, mode: 'e2ee' },
      baseKeys: await drawnRandomness(sender.page, 32),
    });
  };
  const frameKeys = await Promise.all([keysFrom(alice, bob), keysFrom(bob, alice)]);
  const secret = Buffer.from(linkSecretOf(link));
  const linkSecret = traceOf('link secret', secret);
  const address = traceOf('link secret in the address', Buffer.from(secret.toString('base64url')));
  const ofFrames = frameKeys.flat().flatMap(({ kept, passing }) => [...kept, ...passing]);
  const inUse = frameKeys.flatMap((ofSender) => ofSender.at(-1)?.kept ?? []);
  expect(inUse).toHaveLength(6);
  return { address, linkSecret, inUse, all: [address, linkSecret, ...ofFrames] };
}

function finder(browsers: BrowserPool, { all }: CallKeys): FoundAt {
  return async ({ speaker }) =>
    foundIn(await browsers.browserOf({ speaker, microphone: 'granted' }), all);
}

/** The control, and more: keys of steps that are over are not there any more. */
async function expectKeysInUse(
  people: Pair,
  { foundAt, keys }: { readonly foundAt: FoundAt; readonly keys: CallKeys },
): Promise<void> {
  const traces = [keys.address, keys.linkSecret, ...keys.inUse];
  for (const person of people) {
    await expectOnlyFound(person, { foundAt, traces, when: 'while they talk' });
  }
}

interface Expected {
  readonly foundAt: FoundAt;
  readonly traces: readonly Trace[];
  readonly when: string;
}

/** Those and no others, soon: what a worker had is given back some time after its end. */
async function expectOnlyFound(person: Person, { foundAt, traces, when }: Expected): Promise<void> {
  await expect.soft
    .poll(() => foundAt(person), { message: `${person.speaker}, ${when}` })
    .toEqual(namesOf(traces));
}

function namesOf(traces: readonly Trace[]): string[] {
  return traces.map(({ secret }) => secret);
}

async function expectNoWorker({ speaker, page }: Person): Promise<void> {
  await expect.poll(() => page.workers().length, { message: `workers of ${speaker}` }).toBe(0);
}

/** In any process that runs pages and their workers. */
async function foundIn(browser: Browser, traces: readonly Trace[]): Promise<readonly string[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const search = new TraceSearch(traces);
  for (const { id, type } of processInfo) {
    if (type !== 'renderer') continue;
    for (const piece of memoryOf(id)) search.search(piece);
  }
  return search.found;
}
