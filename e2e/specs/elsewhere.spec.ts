/** A session belongs to one place: whoever takes it up elsewhere ends it here. */
import { sessionsOf, takeSession } from '../fixtures/session.ts';
import { expect, test } from '../fixtures/test.ts';

test('a session that is taken up elsewhere: the call ends here and says so, the other one stays', async ({
  invite,
  stack,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const sessions = sessionsOf(alice.page);
  const link = await alice.createCall({ mode: 'dtls', topology: 'room' });
  await alice.join();
  await bob.join(link);
  await bob.expectPhase('connected');

  const elsewhere = await takeSession(stack.url, sessions.at(-1));
  try {
    await alice.expectEnded('session-replaced');
    await expect(alice.page.getByRole('heading', { level: 1 })).toHaveText(
      'The call goes on in another tab',
    );
    // The server's side of it went on: nobody left.
    await expect(bob.other('alice')).toBeVisible();
  } finally {
    elsewhere.disconnect();
  }

  await alice.page.getByTestId('rejoin').click();
  await alice.join();
  await alice.expectPhase('connected');
});
