/**
 * "What the server sees": the operator's page beside real calls. It shows the key where one passed, plays the
 * speech where the server can open it, and nothing where it cannot.
 */
import type { Page } from '@playwright/test';
import { correlate, heardAtLeast, noiseAtMost } from '@earshot/intercept/measure/correlation';
import { listen } from '@earshot/intercept/stage/listen';
import { callIdOf } from '@earshot/intercept/stage/operator';
import { speechOf } from '@earshot/intercept/stage/speech';
import { keyingModes, modes, type KeyingMode, type Topology } from '@earshot/keying/mode';
import { expectAccessible } from '../fixtures/accessible.ts';
import type { Person } from '../fixtures/person.ts';
import { expect, test, type Invite } from '../fixtures/test.ts';

interface Watched {
  readonly link: string;
  readonly alice: Person;
  readonly bob: Person;
  readonly aliceId: string;
  /** Whose window the page is in: its console is checked too. */
  readonly page: Page;
}

interface CallKind {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

/** Two talk; the page is opened when they hear each other, from the address in the lab notice. */
async function watchedCall(invite: Invite, kind: CallKind): Promise<Watched> {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall(kind);
  await alice.join();
  await alice.expectPhase('waiting');
  await bob.join(link);
  await bob.expectHears('alice');
  const labLink = alice.page.getByTestId('lab-link');
  await expect(labLink).toHaveAttribute('target', '_blank');
  const path = (await labLink.getAttribute('href')) ?? '';
  expect(path).toBe(`/lab/${callIdOf(link)}`);
  const { page } = await invite('carol');
  await page.goto(new URL(path, link).href);
  await expect(page.getByTestId('lab-link-state')).toHaveAttribute('data-state', 'live');
  return { link, alice, bob, aliceId: await bob.idOf('alice'), page };
}

async function count(page: Page, personId: string, what: 'lab-packets' | 'lab-opened') {
  const row = page.locator(`[data-testid="lab-person"][data-person-id="${personId}"]`);
  return Number(await row.getByTestId(what).getAttribute('data-value'));
}

/** Pixels that differ from the colour of nothing, as a share. */
async function painted(page: Page, picture: string): Promise<number> {
  return page
    .getByTestId(picture)
    .first()
    .evaluate((element) => {
      if (!(element instanceof HTMLCanvasElement)) return 0;
      const { width, height } = element;
      const data = element.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      let bright = 0;
      for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 20) bright++;
      return bright / (width * height);
    });
}

for (const mode of ['sdes', 'dtls'] as const) {
  test(`${mode} room: the page plays what the server recovers`, async ({ invite }) => {
    const { page, aliceId, alice } = await watchedCall(invite, { mode, topology: 'room' });
    await expect(page.getByTestId('lab-verdict')).toHaveAttribute('data-playable', 'speech');
    // Nothing plays before the operator asks for it.
    const early = await listen(page, { participantId: aliceId, seconds: 1 });
    expect(early.samples.length).toBe(0);

    await page.getByTestId('operator-listen').click();
    await expect
      .poll(
        async () => {
          const heard = await listen(page, { participantId: aliceId, seconds: 5 });
          return correlate({ said: speechOf('alice'), heard }).score;
        },
        { message: 'the page plays alice', intervals: [100] },
      )
      .toBeGreaterThanOrEqual(heardAtLeast);
    const heard = await listen(page, { participantId: aliceId, seconds: 5 });
    const { score } = correlate({ said: speechOf('bob'), heard });
    expect(score, 'it is alice, not bob').toBeLessThanOrEqual(noiseAtMost);

    const packets = await count(page, aliceId, 'lab-packets');
    expect(packets).toBeGreaterThan(150);
    expect(await count(page, aliceId, 'lab-opened')).toBeGreaterThan(0.98 * packets);
    await expect.poll(() => painted(page, 'picture-sound')).toBeGreaterThan(0.1);
    await expect(
      page.getByTestId('lab-message').and(page.locator('[data-mark="key"]')),
    ).toHaveCount(mode === 'sdes' ? 2 : 0);
    await page.getByTestId('operator-listen').click();
    await expect(page.locator('audio')).toHaveCount(0);
    await alice.hangUp();
    await expect(page.getByText('has left')).toBeVisible();
  });
}

test('e2ee room: every packet counted, none opened, nothing to play', async ({ invite, stack }) => {
  const { page, link, aliceId, bob } = await watchedCall(invite, {
    mode: 'e2ee',
    topology: 'room',
  });
  const verdict = page.getByTestId('lab-verdict');
  await expect(verdict).toHaveAttribute('data-playable', 'ciphertext');
  await expect(verdict).toContainText('There is nothing to play');
  await expect(page.getByTestId('operator-listen')).toHaveCount(0);
  await expect.poll(() => count(page, aliceId, 'lab-packets')).toBeGreaterThan(150);
  expect(await count(page, aliceId, 'lab-opened')).toBe(0);
  const heard = await listen(page, { seconds: 3 });
  const { score } = correlate({ said: speechOf('alice'), heard });
  expect(score).toBeLessThanOrEqual(noiseAtMost);
  // Meanwhile there is a voice to be had, for who holds the keys.
  await bob.expectHears('alice');
  await expect.poll(() => painted(page, 'picture-bytes')).toBeGreaterThan(0.1);
  await expect.poll(() => painted(page, 'picture-bytes-as-sound')).toBeGreaterThan(0.1);
  await expect(page.locator('[data-mark="public"]').first()).toBeVisible();
  await expect(page.locator('[data-mark="sealed"]').first()).toBeVisible();
  await expect(page.locator('[data-mark="key"]')).toHaveCount(0);
  // What the record has of it is what the page shows.
  const recorded = async (): Promise<number> => {
    const record = await fetch(`${stack.operatorUrl}/lab/calls/${callIdOf(link)}/record`);
    return (await record.text()).trimEnd().split('\n').length;
  };
  // The call goes on, and so does the record.
  await expect(async () => {
    expect(await page.getByTestId('lab-message').count()).toBe(await recorded());
  }).toPass();
});

for (const mode of keyingModes) {
  test(`${mode} direct: no audio passes the server, and the page says what it has`, async ({
    invite,
  }) => {
    const { page, aliceId } = await watchedCall(invite, { mode, topology: 'direct' });
    await expect(page.getByTestId('lab-verdict')).toHaveAttribute('data-playable', 'none');
    await expect(page.getByTestId('operator-listen')).toHaveCount(0);
    expect(await count(page, aliceId, 'lab-packets')).toBe(0);
    const offer = page.locator('[data-testid="lab-message"][data-verb="offer"]').first();
    await expect(offer).toHaveAttribute('data-mark', mode === 'sdes' ? 'key' : 'fingerprint');
    const marked = offer.locator(mode === 'sdes' ? '.lab-mark-key' : '.lab-mark-fingerprint');
    await expect(marked.first()).toHaveText(
      mode === 'sdes' ? /^inline:[A-Za-z0-9+/=]{40,}$/ : /^a=fingerprint:sha-256 [0-9A-F:]{95}$/,
    );
    await expect(offer.locator('.lab-note')).toContainText(
      mode === 'sdes' ? 'The server reads this key' : 'It opens nothing',
    );
  });
}

test('axe finds nothing on the page in any mode, and it fits a phone', async ({ invite }) => {
  for (const mode of keyingModes) {
    const { page, aliceId, alice, bob } = await watchedCall(invite, { mode, topology: 'room' });
    await expect.poll(() => count(page, aliceId, 'lab-packets')).toBeGreaterThan(50);
    await expectAccessible(page, `what the server sees, ${modes[mode].title}`);
    for (const { context } of [alice, bob]) await context.close();
  }
});

test('without the lab there is no page and no way to it', async ({ invite, serve }) => {
  const stack = await serve({ env: { EARSHOT_LAB: '0' } });
  const alice = await invite('alice', { serverUrl: stack.url });
  const link = await alice.createCall({ mode: 'dtls', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await expect(alice.page.getByTestId('lab-link')).toHaveCount(0);
  const { origin } = new URL(link);
  // The operator's listener, which the stage does not know here: signaling/test/http.test.ts.
  const callId = callIdOf(link);
  for (const path of [`/lab/${callId}`, `/lab/calls/${callId}/live`, '/lab.html']) {
    expect((await fetch(new URL(path, origin))).status, path).toBe(404);
  }
  await alice.hangUp();
});
