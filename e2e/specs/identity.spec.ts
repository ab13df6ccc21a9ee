/** Keys that stay: who was met is known again, and whoever comes with another key is told apart. */
import { noiseAtMost } from '@earshot/intercept/measure/correlation';
import type { Person } from '../fixtures/person.ts';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';

const direct = { mode: 'e2ee', topology: 'direct' } as const;

/** `first` creates a call and `second` joins it; both at the pages that are open. */
async function call(first: Person, second: Person): Promise<void> {
  const link = await first.createCall(direct);
  await first.join();
  await first.expectPhase('waiting');
  await second.join(link);
}

/** Over on both sides, and kept what there was to keep: a page that is left at once takes it along. */
async function endCall(first: Person, second: Person): Promise<void> {
  await first.hangUp();
  await second.expectEnded('other-left');
  for (const { page } of [first, second]) await expect.poll(() => page.workers()).toEqual([]);
}

async function expectTrust(person: Person, other: Person, trust: string): Promise<void> {
  await expect(person.other(other.speaker)).toHaveAttribute('data-trust', trust);
}

async function sayCodesMatch(person: Person): Promise<void> {
  await person.page.getByTestId('compare').click();
  await person.page.getByTestId('codes-match').click();
  await expect(person.page.getByTestId('compared')).toBeVisible();
}

async function openIdentity({ page }: Person, serverUrl: string): Promise<void> {
  await page.goto(serverUrl);
  await page.getByTestId('to-identity').click();
  await expect(page.getByTestId('own-fingerprint')).toBeVisible();
}

test('who was met is known by key in the next call, and listed as a contact', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  await call(alice, bob);
  await expectTrust(alice, bob, 'unverified');
  await expect(alice.other('bob')).toContainText('You meet this key for the first time');
  await endCall(alice, bob);

  await call(alice, bob);
  await expectTrust(alice, bob, 'unverified');
  await expect(alice.other('bob')).toContainText('Same key as on');
  await endCall(alice, bob);

  await openIdentity(bob, stack.url);
  const own = await bob.page.getByTestId('own-fingerprint').innerText();
  await openIdentity(alice, stack.url);
  const contact = alice.page.getByTestId('contact');
  await expect(contact).toHaveCount(1);
  await expect(contact.getByTestId('contact-fingerprint')).toHaveText(own);
  await expect(contact).toContainText('bob');
  await expect(contact).toHaveAttribute('data-verified', 'false');
  await expect(alice.page.getByTestId('custody')).toHaveAttribute('data-custody', 'browser');
  await expectAccessible(alice.page, 'identity');
  await contact.getByTestId('remove-contact').click();
  await expect(alice.page.getByTestId('no-contacts')).toBeVisible();

  await call(alice, bob);
  await expect(alice.other('bob')).toContainText('You meet this key for the first time');
});

test('a verified contact stays verified; with another key nothing is heard until it is accepted', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  await call(alice, bob);
  await sayCodesMatch(alice);
  await expectTrust(alice, bob, 'verified');
  await endCall(alice, bob);

  // The control: verified by key, and heard at once.
  await call(alice, bob);
  await expectTrust(alice, bob, 'verified');
  await expect(alice.other('bob')).toContainText('You compared codes on');
  await alice.expectHears('bob');
  await endCall(alice, bob);

  // Another browser of somebody who says that he is bob.
  const other = await invite('bob');
  await call(alice, other);
  await expect(alice.other('bob')).toHaveAttribute('data-keying', 'held');
  await expectTrust(alice, other, 'changed');
  const held = alice.page.getByTestId('held');
  await expect(held).toContainText('Someone who says they are bob uses a new key');
  await expect(other.other('alice')).toHaveAttribute('data-keying', 'secure');
  const [atAlice, atOther] = await Promise.all([
    alice.heard('bob', { seconds: 4 }),
    other.heard('alice', { seconds: 4 }),
  ]);
  expect(atAlice.score).toBeLessThanOrEqual(noiseAtMost);
  expect(atOther.score).toBeLessThanOrEqual(noiseAtMost);
  await expectAccessible(alice.page, 'a new key of a verified contact');

  await alice.page.getByTestId('accept-key').click();
  await expect(held).toHaveCount(0);
  await expect(alice.other('bob')).toHaveAttribute('data-keying', 'secure');
  await Promise.all([alice.expectHears('bob'), other.expectHears('alice')]);
  await expectTrust(alice, other, 'changed');
  await endCall(alice, other);

  // Accepted once, and still not verified.
  await call(alice, other);
  await expectTrust(alice, other, 'unverified');
  await alice.expectHears('bob');
});

test('a new key of somebody never verified is shown, and stops nothing', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  await call(alice, bob);
  await expectTrust(alice, bob, 'unverified');
  await endCall(alice, bob);

  await openIdentity(bob, stack.url);
  const before = await bob.page.getByTestId('own-fingerprint').innerText();
  await bob.page.getByTestId('reset').click();
  await expectAccessible(bob.page, 'asking before a new key is made');
  await bob.page.getByTestId('reset-confirmed').click();
  await expect(bob.page.getByTestId('own-fingerprint')).not.toHaveText(before);
  // His contacts are his still.
  await expect(bob.page.getByTestId('contact')).toHaveCount(1);

  await call(alice, bob);
  await expectTrust(alice, bob, 'changed');
  await expect(alice.other('bob')).toContainText('New key');
  await alice.expectHears('bob');
  await expectTrust(bob, alice, 'unverified');
});

test('where the browser keeps nothing a call works, and says that it will not be remembered', async ({
  invite,
  stack,
}) => {
  const blocked = `Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('blocked', 'SecurityError'); } });`;
  const alice = await invite('alice', {
    prepare: async (context) => {
      await context.addInitScript(blocked);
      await context.route(/crypto-worker-[^/]+\.js$/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${blocked}\n${await response.text()}` });
      });
    },
  });
  const bob = await invite('bob');
  await call(alice, bob);
  await alice.expectHears('bob');
  await alice.openDetails();
  await expect(alice.page.getByTestId('not-kept')).toContainText('for this call only');
  await bob.openDetails();
  await expect(bob.page.getByTestId('sas')).toBeVisible();
  await expect(bob.page.getByTestId('not-kept')).toHaveCount(0);
  await alice.hangUp();
  await openIdentity(alice, stack.url);
  await expect(alice.page.getByTestId('not-kept')).toBeVisible();
  await expectAccessible(alice.page, 'identity that is not kept');
});

test('where WebCrypto has no Ed25519 the key is kept by the page, says so, and is known again', async ({
  invite,
  stack,
}) => {
  const withoutEd25519 = `{
    const { generateKey } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.generateKey = function (algorithm, ...rest) {
      return algorithm === 'Ed25519'
        ? Promise.reject(new DOMException('no', 'NotSupportedError'))
        : generateKey.call(this, algorithm, ...rest);
    };
  }`;
  const alice = await invite('alice');
  const bob = await invite('bob', {
    prepare: async (context) => {
      await context.addInitScript(withoutEd25519);
      await context.route(/crypto-worker-[^/]+\.js$/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${withoutEd25519}\n${await response.text()}` });
      });
    },
  });
  await call(alice, bob);
  await alice.expectHears('bob');
  await endCall(alice, bob);
  await call(alice, bob);
  await expect(alice.other('bob')).toContainText('Same key as on');
  await endCall(alice, bob);
  await openIdentity(bob, stack.url);
  await expect(bob.page.getByTestId('custody')).toHaveAttribute('data-custody', 'page');
});

test('an address that leads nowhere says so and leads home', async ({ invite, stack }) => {
  const alice = await invite('alice');
  alice.expectConsole(/status of 404/);
  const response = await alice.page.goto(`${stack.url}/no/such/page`);
  expect(response?.status()).toBe(404);
  await expect(alice.page.getByTestId('not-found')).toBeVisible();
  await expectAccessible(alice.page, 'not found');
  await alice.page.getByTestId('go-home').click();
  await expect(alice.page.getByTestId('create-call')).toBeVisible();
});
