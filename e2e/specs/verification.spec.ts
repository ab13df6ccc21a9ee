/** Comparing safety codes, and what holds until that is done. */
import jsQr from 'jsqr';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';

const direct = { mode: 'e2ee', topology: 'direct' } as const;
const room = { mode: 'e2ee', topology: 'room' } as const;

function withoutSecret(link: string): string {
  return link.replace(/&k=[^&]+/, '');
}

test('in a room, person by person, with a line of who is not verified yet', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const carol = await invite('carol');
  const link = await alice.createCall(room);
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  // They are named in the order in which they came.
  await bob.expectPhase('connected');
  await carol.join(link);
  const line = alice.page.getByTestId('not-verified');
  await expect(line).toHaveText('Not verified yet: bob, carol.');
  await alice.openDetails();
  const cards = alice.page.getByTestId('safety-code');
  await expect(cards).toHaveCount(2);
  const bobs = cards.filter({ hasText: 'bob' });
  await expect(bobs.locator('.sas-emoji li')).toHaveCount(4);
  await bobs.getByTestId('codes-match').click();
  await expect(bobs.getByTestId('compared')).toBeFocused();
  await expect(line).toHaveText('Not verified yet: carol.');
  await expect(alice.other('bob')).toHaveAttribute('data-trust', 'verified');
  await expect(alice.other('carol')).toHaveAttribute('data-trust', 'unverified');
  // Each verifies for themselves.
  await expect(bob.other('alice')).toHaveAttribute('data-trust', 'unverified');
});

test('codes that do not match end the call, and say why', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall(direct);
  await alice.join();
  await bob.join(link);
  await alice.page.getByTestId('compare').click();
  await alice.page.getByTestId('codes-differ').click();
  await alice.expectEnded('codes-differ');
  await expect(alice.page.getByTestId('end-reason')).toContainText('listening in between');
  await bob.expectEnded('other-left');
});

test('a link without its secret works, marked until codes were compared', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = withoutSecret(await alice.createCall(direct));
  await alice.page.goto('about:blank');
  await alice.page.goto(link);
  await expect(alice.page.getByTestId('secret-missing')).toContainText('without its secret');
  await expect(alice.page.getByTestId('who-can-hear')).toContainText('the server if it sits');
  await expectAccessible(alice.page, 'join by a link without its secret');
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  const unproven = alice.page.getByTestId('unproven');
  await expect(unproven).toContainText('Not verified: compare the code');
  await expect(alice.page.getByTestId('call-hearing')).toContainText('the server if it sits');
  await expectAccessible(alice.page, 'call by a link without its secret');
  await alice.page.getByTestId('compare-all').click();
  await bob.openDetails();
  expect(await alice.safetyCode()).toBe(await bob.safetyCode());
  await alice.page.getByTestId('codes-match').click();
  await expect(unproven).toHaveCount(0);
  await expect(alice.page.getByTestId('call-hearing')).toHaveText('Only the people in the call.');
  await expect(bob.page.getByTestId('unproven')).toBeVisible();
});

test('with the secret on one side only there are no keys, and both are told', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall(direct);
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(withoutSecret(link));
  for (const person of [alice, bob]) {
    await person.expectEnded('handshake-failed');
    await expect(person.page.getByTestId('end-reason')).toContainText('without its secret');
  }
});

/** What a camera reads: the code as it is painted, in every look. */
async function scan(page: Page): Promise<string | undefined> {
  const png = (await page.getByTestId('qr-code').screenshot()).toString('base64');
  const { width, height, pixels } = await page.evaluate(async (image) => {
    const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, pixels: [...data] };
  }, png);
  return jsQr.default(Uint8ClampedArray.from(pixels), width, height)?.data;
}

for (const appearance of ['dark', 'phone'] as const) {
  test(`the QR code of the invite is read as the link, ${appearance}`, async ({ invite }) => {
    const alice = await invite('alice', { appearance });
    const link = await alice.createCall(room);
    await alice.join();
    await alice.expectPhase('waiting');
    await expect.poll(() => scan(alice.page)).toBe(link);
  });
}
