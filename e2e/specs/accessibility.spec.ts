/** Every screen for everyone: axe finds nothing, the keyboard reaches all, nothing is cut off on a phone. */
import type { Locator, Page } from '@playwright/test';
import type { Person } from '../fixtures/person.ts';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';

test('axe finds nothing on any screen of a call, and none is wider than the window', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const { page } = alice;
  await page.goto('about:blank');

  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.allowMicrophone();
  await expectAccessible(page, 'join');
  await alice.join();
  await alice.expectPhase('waiting');
  await expectAccessible(page, 'waiting');
  await bob.join(link);
  await expect(alice.other('bob')).toHaveAttribute('data-keying', 'secure');
  await alice.expectPhase('connected');
  await expectAccessible(page, 'connected');
  await alice.openDetails();
  await expect(page.getByTestId('sas')).toBeVisible();
  await expectAccessible(page, 'connected, with details');
  await page.getByTestId('codes-match').click();
  await expect(page.getByTestId('compared')).toBeVisible();
  await page.getByTestId('mute').click();
  await expectAccessible(page, 'compared and muted');
  await alice.hangUp();
  await expectAccessible(page, 'end');
});

test('axe finds nothing on the start page, nor where a call cannot begin', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice', { microphone: 'denied' });
  const { page } = alice;
  await page.goto(stack.url);
  await expect(page.getByTestId('create-call')).toBeVisible();
  await expectAccessible(page, 'start');
  await alice.createCall({ mode: 'sdes', topology: 'direct' });
  await page.getByTestId('name').fill('alice');
  await page.getByTestId('allow-microphone').click();
  await expect(page.getByTestId('microphone-state')).toHaveAttribute('data-state', 'problem');
  await expectAccessible(page, 'join without a microphone');
  await page.getByTestId('join').click();
  await alice.expectEnded('microphone-denied');
  await expectAccessible(page, 'end, after a problem');
  await page.goto('about:blank');
  await page.goto(`${stack.url}/j/${'A'.repeat(22)}#m=dtls`);
  await alice.expectEnded('link-incomplete');
  await expectAccessible(page, 'end, for an incomplete link');
});

/** Tab until `target` has the focus; at most as often as a page has controls. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expectFocusShown(target);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not get there');
}

/** An outline around what has the focus, or around the card that holds it (WCAG 2.2, 2.4.7). */
async function expectFocusShown(target: Locator): Promise<void> {
  const outlined = await target.evaluate((element) => {
    const isOutlined = (candidate: Element | null): boolean => {
      if (candidate === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(candidate);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    };
    return isOutlined(element) || isOutlined(element.closest('label'));
  });
  expect(outlined, 'the focus is visible').toBe(true);
}

/** A page that has appeared moves the focus there: whoever tabs before starts anew. */
async function expectAtHeading(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
}

async function expectMuted(person: Person, isMuted: 'true' | 'false'): Promise<void> {
  await expect(person.page.getByTestId('self')).toHaveAttribute('data-muted', isMuted);
}

test('a whole call by keyboard alone', async ({ invite, stack }) => {
  const alice = await invite('alice');
  const { page } = alice;
  const { keyboard } = page;
  await page.goto(stack.url);
  await expectAtHeading(page);
  await tabTo(page, page.getByTestId('topology-direct'));
  await keyboard.press('ArrowRight');
  await expect(page.getByTestId('topology-room')).toBeChecked();
  await tabTo(page, page.getByTestId('mode-e2ee'));
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowUp');
  await expect(page.getByTestId('mode-e2ee')).toBeChecked();
  await tabTo(page, page.getByTestId('create-call'));
  await keyboard.press('Enter');

  await expect(page.getByTestId('join')).toBeVisible();
  await expectAtHeading(page);
  await tabTo(page, page.getByTestId('name'));
  await keyboard.type('alice');
  await expect(page.getByTestId('microphone-state')).toHaveAttribute('data-state', 'ready');
  await tabTo(page, page.getByTestId('join'));
  await keyboard.press('Enter');
  await alice.expectPhase('waiting');
  await expectAtHeading(page);
  await expectMuted(alice, 'false');

  await keyboard.press('m');
  await expectMuted(alice, 'true');
  await tabTo(page, page.getByTestId('mute'));
  await keyboard.press('Space');
  await expectMuted(alice, 'false');

  const details = page.getByTestId('details');
  await tabTo(page, details);
  await keyboard.press('Enter');
  await expect(page.getByTestId('details-panel')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Call details' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(page.getByTestId('details-panel')).toBeHidden();
  await expect(details).toBeFocused();

  await tabTo(page, page.getByTestId('hang-up'));
  await keyboard.press('Space');
  await alice.expectEnded('hung-up');
  await expectAtHeading(page);
  await tabTo(page, page.getByTestId('rejoin'));
});
