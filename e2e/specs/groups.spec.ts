/**
 * Five people in one room come, go and come back: in every phase each hears exactly those who are there,
 * and the operator, who recorded every packet and every envelope, opens nothing.
 */
import { candidateKeys } from '@earshot/intercept/recover/candidate-keys';
import { openSframe } from '@earshot/intercept/recover/sframe-open';
import { trySframeKeys } from '@earshot/intercept/recover/sframe-trial';
import { drawnRandomness, recordDrawnRandomness } from '@earshot/intercept/stage/drawn-randomness';
import { operatorView } from '@earshot/intercept/stage/operator';
import type { Person } from '../fixtures/person.ts';
import { expect, test } from '../fixtures/test.ts';

/** Each hears every other one's words in that one's line, and there are no other lines. */
async function expectEachHears(people: readonly Person[]): Promise<void> {
  for (const listener of people) {
    const others = people.filter((person) => person !== listener);
    await expect(listener.others).toHaveCount(others.length);
    await expect(listener.page.locator('audio[data-participant]')).toHaveCount(others.length);
    // One listener after the other, but all lines at once: five browsers are load enough.
    await Promise.all(
      others.map(async ({ speaker }) => {
        const participantId = await listener.idOf(speaker);
        await listener.expectHears(speaker, { participantId, seconds: 4 });
      }),
    );
  }
}

/** What somebody drew for their keys, by the id under which they are in the call. */
async function ownKeys(person: Person, witness: Person): Promise<[string, readonly Uint8Array[]]> {
  return [await witness.idOf(person.speaker), await drawnRandomness(person.page, 32)];
}

test('five in an e2ee room talk, two leave, one returns: each hears those who are there, the server nobody', async ({
  invite,
  stack,
}) => {
  const asked = { prepare: recordDrawnRandomness, appearance: 'phone' } as const;
  const alice = await invite('alice', asked);
  const bob = await invite('bob', asked);
  const carol = await invite('carol', asked);
  const dave = await invite('dave', asked);
  const erin = await invite('erin', asked);
  for (const { page } of [alice, bob, carol, dave, erin]) {
    await page.emulateMedia({ reducedMotion: 'reduce' });
  }
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  // All at once: their handshakes and key changes cross.
  await Promise.all([bob, carol, dave, erin].map((person) => person.join(link)));
  await expectEachHears([alice, bob, carol, dave, erin]);

  const keys = new Map([await ownKeys(dave, alice), await ownKeys(erin, alice)]);
  await Promise.all([dave.hangUp(), erin.hangUp()]);
  await expectEachHears([alice, bob, carol]);

  await erin.page.getByTestId('rejoin').click();
  await erin.join();
  await expectEachHears([alice, bob, carol, erin]);

  for (const [person, witness] of [
    [alice, bob],
    [bob, alice],
    [carol, alice],
    [erin, alice],
  ] as const) {
    const [id, drawn] = await ownKeys(person, witness);
    keys.set(id, drawn);
  }
  await Promise.all([alice, bob, carol, erin].map((person) => person.hangUp()));

  const view = await operatorView(stack, link);
  expect(new Set(view.packets.keys()), 'who was recorded').toEqual(new Set(keys.keys()));
  // Sender keys have 32 bytes.
  const candidates = [...candidateKeys(view.record.messages)].filter(({ length }) => length === 32);
  expect(candidates.length).toBeGreaterThan(10_000);
  for (const [id, packets] of view.packets) {
    const origin = { callId: view.callId, senderId: id, mode: 'e2ee' } as const;
    const first = packets[0];
    if (first === undefined) throw new Error(`nothing recorded of ${id}`);
    expect(packets.length).toBeGreaterThan(150);
    // The control: the sender's own keys open it. Frames of the last moments may be under later keys.
    const opened = openSframe({ packets, origin, baseKeys: keys.get(id) ?? [] });
    expect(opened.packets.length).toBeGreaterThan(packets.length / 2);
    expect(openSframe({ packets, origin, baseKeys: [] }).packets).toEqual([]);
    const { key } = await trySframeKeys({ frame: first.payload, origin, candidates });
    expect(key).toBeUndefined();
  }
});
