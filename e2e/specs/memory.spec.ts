/**
 * What is left of a call's keys in the memory of its browsers: all that their processes can write to, not a heap snapshot,
 * which holds no contents of array buffers and nothing that was freed. Nobody asks for garbage to be collected.
 */
import type { Browser } from '@playwright/test';
import { frameKeyTraces, type FrameKeyTraces } from '@earshot/intercept/recover/frame-key-traces';
import { traceOf, TraceSearch, type Trace } from '@earshot/intercept/recover/trace-search';
import { drawnRandomness, recordDrawnRandomness } from '@earshot/intercept/stage/drawn-randomness';
import { linkSecretOf, operatorView } from '@earshot/intercept/stage/operator';
import { memoryOf } from '@earshot/intercept/tap/process-memory';
import type { Person } from '../fixtures/person.ts';
import { expect, test } from '../fixtures/test.ts';

test.skip(process.platform !== 'linux', 'memory of processes is read through /proc');

test('keys leave the memory of browsers when a person leaves, and when they hang up', async ({
  invite,
  browsers,
  stack,
}) => {
  test.slow();
  const alice = await invite('alice', { prepare: recordDrawnRandomness });
  const bob = await invite('bob', { prepare: recordDrawnRandomness });
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);

  const view = await operatorView(stack, link);
  const keysOf = async (sender: Person, receiver: Person): Promise<FrameKeyTraces[]> => {
    const senderId = await receiver.idOf(sender.speaker);
    return frameKeyTraces(sender.speaker, {
      packets: view.packets.get(senderId) ?? [],
      origin: { callId: view.callId, senderId, mode: 'e2ee' },
      baseKeys: await drawnRandomness(sender.page, 32),
    });
  };
  const keys = await Promise.all([keysOf(alice, bob), keysOf(bob, alice)]);
  const secret = Buffer.from(linkSecretOf(link));
  const linkSecret = traceOf('link secret', secret);
  // The page's own address has it, before the call and after.
  const address = traceOf('link secret in the address', Buffer.from(secret.toString('base64url')));
  const wanted = [
    ...[address, linkSecret],
    ...keys.flat().flatMap(({ kept, passing }) => [...kept, ...passing]),
  ];
  const inUse = keys.flatMap((ofSender) => ofSender.at(-1)?.kept ?? []);
  expect(inUse).toHaveLength(6);
  const foundAt = async ({ speaker }: Person): Promise<readonly string[]> =>
    foundIn(await browsers.browserOf({ speaker, microphone: 'granted' }), wanted);

  // The control, and more: keys of steps that are over are not there any more.
  const whileTalking = namesOf([address, linkSecret, ...inUse]);
  expect.soft(await foundAt(alice), 'alice, while they talk').toEqual(whileTalking);
  expect.soft(await foundAt(bob), 'bob, while they talk').toEqual(whileTalking);

  await alice.hangUp();
  await expectNoWorker(alice);
  expect.soft(await foundAt(alice), 'alice, who hung up').toEqual(namesOf([address]));
  // His worker goes on: here it is wiping that removes them, not the end of what they were in.
  await bob.expectPhase('waiting');
  await expect.soft
    .poll(() => foundAt(bob), { message: 'bob, whom alice has left', timeout: 60_000 })
    .toEqual(namesOf([address, linkSecret]));

  await bob.hangUp();
  await expectNoWorker(bob);
  expect(await foundAt(bob), 'bob, who hung up').toEqual(namesOf([address]));
});

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
