/** What the screens say is what is so: the lab, who is there, who is muted, which keys are in use. */
import { rms } from '@earshot/intercept/measure/pcm';
import { listen } from '@earshot/intercept/stage/listen';
import type { Person } from '../fixtures/person.ts';
import { expect, test } from '../fixtures/test.ts';

for (const lab of ['1', '0'] as const) {
  const shown = lab === '1' ? 1 : 0;
  test(`the lab is ${lab === '1' ? 'named on every screen' : 'off, and nowhere named'}`, async ({
    invite,
    serve,
  }) => {
    const stack = await serve({ env: { EARSHOT_LAB: lab } });
    const alice = await invite('alice', { serverUrl: stack.url });
    const banner = alice.page.getByTestId('lab-banner');
    const expectBanner = (): Promise<void> => expect(banner).toHaveCount(shown);
    // The answer to `join` comes after the server said whether it is a lab: absence is then meant.
    await alice.createCall({ mode: 'dtls', topology: 'room' });
    await expect(alice.page.getByTestId('participants')).toHaveAttribute('data-count', '0');
    await expectBanner();
    await alice.join();
    await alice.expectPhase('waiting');
    await expectBanner();
    await alice.hangUp();
    await expectBanner();
    await alice.page.getByTestId('new-call').click();
    await expect(alice.page.getByTestId('create-call')).toBeVisible();
    await expectBanner();
  });
}

/** Of the own sender key, from the open details. */
async function keyGeneration({ page }: Person): Promise<number> {
  const generation = page.getByTestId('key-generation');
  await expect(generation).toHaveAttribute('data-value', /^\d+$/);
  return Number(await generation.getAttribute('data-value'));
}

test('three in an e2ee room: each hears both others; when one leaves the rest change keys and talk on', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const carol = await invite('carol');
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await bob.join(link);
  await carol.join(link);
  const expectEachHeard = async (people: readonly Person[]): Promise<void> => {
    for (const listener of people) {
      await expect(listener.others).toHaveCount(people.length - 1);
      for (const { speaker } of people) {
        if (speaker === listener.speaker) continue;
        const participantId = await listener.idOf(speaker);
        await listener.expectHears(speaker, { participantId });
      }
    }
  };
  await expectEachHeard([alice, bob, carol]);

  await alice.openDetails();
  await bob.openDetails();
  const before = { alice: await keyGeneration(alice), bob: await keyGeneration(bob) };
  await carol.hangUp();
  await expect.poll(() => keyGeneration(alice)).toBeGreaterThan(before.alice);
  await expect.poll(() => keyGeneration(bob)).toBeGreaterThan(before.bob);
  for (const { page } of [alice, bob]) {
    await expect(page.getByTestId('key-changes')).toContainText('1 as somebody left');
    await expect(page.getByTestId('key-unacknowledged')).toHaveCount(0);
  }
  await expectEachHeard([alice, bob]);
});

/** Loudness of a second of what is played, root mean square: 0 to 1. */
async function loudness({ page }: Person): Promise<number> {
  return rms((await listen(page, { seconds: 1 })).samples);
}

test('muted means silent to the other, while frames keep flowing', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await bob.join(link);
  await bob.expectHears('alice');
  await alice.openDetails();
  const sealed = async (): Promise<number> =>
    Number(await alice.page.getByTestId('frames-sealed').getAttribute('data-value'));

  await alice.page.getByTestId('mute').click();
  await expect(bob.other('alice')).toHaveAttribute('data-muted', 'true');
  // -70 dB of full scale: less than the hiss of a quiet room.
  await expect.poll(() => loudness(bob)).toBeLessThan(0.0003);
  const whenMuted = await sealed();
  await expect.poll(sealed).toBeGreaterThan(whenMuted + 50);
  expect(await loudness(bob)).toBeLessThan(0.0003);

  await alice.page.getByTestId('mute').click();
  await bob.expectHears('alice');
});
