/** Frames without a key, and of someone with another key: never played, in either direction. */
import { noiseAtMost } from '@earshot/intercept/measure/correlation';
import { expect, test } from '../fixtures/test.ts';

test('someone with another link secret is not heard and hears nobody', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const carol = await invite('carol');
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  const otherSecret = Buffer.alloc(32, 3).toString('base64url');
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await carol.join(link.replace(/k=[^&]+/, `k=${otherSecret}`));
  // The control: those with the link's own secret hear each other all along.
  const bobAtAlice = { participantId: await alice.idOf('bob') };
  await alice.expectHears('bob', bobAtAlice);

  for (const person of [alice, bob]) {
    await expect(person.other('carol')).toHaveAttribute('data-keying', 'failed');
    await expect(carol.other(person.speaker)).toHaveAttribute('data-keying', 'failed');
  }
  const [carolAtAlice, aliceAtCarol] = await Promise.all([
    alice.heard('carol', { participantId: await alice.idOf('carol') }),
    carol.heard('alice', { participantId: await carol.idOf('alice') }),
  ]);
  expect(carolAtAlice.score).toBeLessThanOrEqual(noiseAtMost);
  expect(aliceAtCarol.score).toBeLessThanOrEqual(noiseAtMost);
  await alice.expectHears('bob', bobAtAlice);
});
