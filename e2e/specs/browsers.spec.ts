/** Browsers that offer less: the earlier form of encoded transforms, none at all, no sound before a gesture. */
import type { BrowserContext } from '@playwright/test';
import { keyingModes, topologies } from '@earshot/keying/mode';
import { expect, test } from '../fixtures/test.ts';

/** As Chromium was before it had the standard's transforms. */
async function withoutScriptTransform(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'RTCRtpScriptTransform');
  });
}

async function withoutTransforms(context: BrowserContext): Promise<void> {
  await withoutScriptTransform(context);
  await context.addInitScript(() => {
    for (const { prototype } of [RTCRtpSender, RTCRtpReceiver]) {
      Reflect.deleteProperty(prototype, 'createEncodedStreams');
    }
  });
}

for (const mode of ['sdes', 'e2ee'] as const) {
  for (const topology of topologies) {
    test(`${mode} ${topology}: createEncodedStreams on one side, the standard on the other`, async ({
      invite,
    }) => {
      const alice = await invite('alice', { prepare: withoutScriptTransform });
      const bob = await invite('bob');
      const link = await alice.createCall({ mode, topology });
      expect(await alice.page.evaluate(() => typeof globalThis.RTCRtpScriptTransform)).toBe(
        'undefined',
      );
      await alice.join();
      await bob.join(link);
      await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
      for (const person of [alice, bob]) {
        const { page } = person;
        await person.openDetails();
        await expect(page.getByTestId('frames-sealed')).toHaveAttribute('data-value', /^[1-9]/);
        // What one form seals the other opens.
        for (const reason of ['malformed', 'auth', 'replay']) {
          await expect(page.getByTestId(`dropped-${reason}`)).toHaveCount(0);
        }
      }
    });
  }
}

for (const mode of keyingModes) {
  test(`no encoded transforms at all: ${mode} is ${mode === 'dtls' ? 'placed' : 'refused'}`, async ({
    invite,
    stack,
  }) => {
    const alice = await invite('alice', { prepare: withoutTransforms });
    await alice.page.goto(stack.url);
    await alice.page.getByTestId('topology-room').check();
    await alice.page.getByTestId(`mode-${mode}`).check();
    await alice.page.getByTestId('create-call').click();
    if (mode === 'dtls') {
      await alice.join();
      const link = alice.page.url();
      const bob = await invite('bob', { prepare: withoutTransforms });
      await bob.join(link);
      await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
      return;
    }
    await alice.expectEnded('browser-unsupported');
    await expect(alice.phase).toContainText('Earshot does not fall back to less');
  });
}

/** As browsers that do not count the microphone as leave to play, nor the click that joined. */
async function withoutSoundBeforeGesture(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let mayPlay = false;
    const isCalling = (): boolean => document.querySelector('audio[data-participant]') !== null;
    addEventListener('pointerdown', () => (mayPlay ||= isCalling()), { capture: true });
    const media = HTMLMediaElement.prototype;
    const play = Object.getOwnPropertyDescriptor(media, 'play')?.value as typeof media.play;
    media.play = function () {
      if (mayPlay) return play.call(this);
      return Promise.reject(new DOMException('play() without a gesture', 'NotAllowedError'));
    };
    Object.defineProperty(media, 'autoplay', { set: () => undefined });
  });
}

test('no sound before a gesture: a button says so, and turns it on', async ({ invite }) => {
  const alice = await invite('alice', { prepare: withoutSoundBeforeGesture });
  const bob = await invite('bob');
  const link = await alice.createCall({ mode: 'dtls', topology: 'direct' });
  await alice.join();
  await bob.join(link);
  await bob.expectHears('alice');
  const button = alice.page.getByTestId('resume-audio');
  await expect(button).toBeVisible();
  expect((await alice.listen({ seconds: 1 })).samples).toHaveLength(0);
  await button.click();
  await expect(button).toHaveCount(0);
  await alice.expectHears('bob');
});
