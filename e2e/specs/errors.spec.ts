/** What people are told when a call cannot begin or cannot go on, and what they can do about it. */
import type { Person } from '../fixtures/person.ts';
import { networkErrors } from '../fixtures/network-errors.ts';
import { expect, test } from '../fixtures/test.ts';

interface Ending {
  readonly reason: string;
  readonly title: string;
  /** Part of what is said below the title. */
  readonly says: RegExp;
  readonly offers: 'rejoin' | 'new-call';
}

const endings = {
  microphoneDenied: {
    reason: 'microphone-denied',
    title: 'Earshot may not use your microphone',
    says: /Allow the microphone for this site/,
    offers: 'rejoin',
  },
  microphoneMissing: {
    reason: 'microphone-missing',
    title: 'No microphone was found',
    says: /Connect one/,
    offers: 'rejoin',
  },
  linkIncomplete: {
    reason: 'link-incomplete',
    title: 'This link is incomplete',
    says: /Ask for the whole link again/,
    offers: 'new-call',
  },
  callUnknown: {
    reason: 'call-unknown',
    title: 'This call does not exist any more',
    says: /Create a new call and share its link/,
    offers: 'new-call',
  },
  callFull: {
    reason: 'call-full',
    title: 'This call is full',
    says: /Try again when somebody has left/,
    offers: 'rejoin',
  },
  modeRefused: {
    reason: 'mode-refused',
    title: 'The server offered another kind of call',
    says: /Earshot refused: nothing was sent/,
    offers: 'new-call',
  },
  serverUnreachable: {
    reason: 'server-unreachable',
    title: 'The server cannot be reached',
    says: /Check your connection, then try again/,
    offers: 'rejoin',
  },
  serverStopped: {
    reason: 'server-stopped',
    title: 'The server was stopped',
    says: /create a new call and share its link/,
    offers: 'new-call',
  },
  sessionLost: {
    reason: 'session-lost',
    title: 'You were away for too long',
    says: /did not come back in time/,
    offers: 'rejoin',
  },
  handshakeFailed: {
    reason: 'handshake-failed',
    title: 'No keys could be agreed on',
    says: /Nothing of theirs was played, and nothing was sent that they could open/,
    offers: 'rejoin',
  },
} as const satisfies Record<string, Ending>;

async function expectEnding(person: Person, ending: Ending): Promise<void> {
  const { page, phase } = person;
  await expect(phase).toHaveAttribute('data-phase', 'ended');
  await expect(phase).toHaveAttribute('data-reason', ending.reason);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(ending.title);
  await expect(phase).toContainText(ending.says);
  await expect(page.getByTestId(ending.offers)).toBeVisible();
}

const kinds = {
  room: { mode: 'dtls', topology: 'room' },
  direct: { mode: 'dtls', topology: 'direct' },
  sealedRoom: { mode: 'e2ee', topology: 'room' },
  sealedDirect: { mode: 'e2ee', topology: 'direct' },
} as const;

for (const { microphone, notice, ending } of [
  { microphone: 'denied', notice: /blocked for this site/, ending: endings.microphoneDenied },
  { microphone: 'missing', notice: /No microphone was found/, ending: endings.microphoneMissing },
] as const) {
  test(`microphone ${microphone}: said before the call, and again by whoever joins all the same`, async ({
    invite,
  }) => {
    const alice = await invite('alice', { microphone });
    await alice.createCall(kinds.room);
    await alice.page.getByTestId('name').fill('alice');
    await alice.page.getByTestId('allow-microphone').click();
    const state = alice.page.getByTestId('microphone-state');
    await expect(state).toHaveAttribute('data-state', 'problem');
    await expect(state).toContainText(notice);
    await alice.page.getByTestId('join').click();
    await expectEnding(alice, ending);
  });
}

test('links that are cut off, changed, or lead nowhere say so, and nobody joins', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const link = await alice.createCall(kinds.sealedRoom);
  const secret = new URLSearchParams(new URL(link).hash.slice(1)).get('k') ?? '';
  const { linkIncomplete, callUnknown, modeRefused } = endings;
  const [path = ''] = link.split('#');
  const unknown = path.replace(/[^/]{22}$/, 'A'.repeat(22));

  const cases: readonly (readonly [string, Ending])[] = [
    [link.slice(0, -1), linkIncomplete],
    [link.replace(`&k=${secret}`, '&k='), linkIncomplete],
    [link.slice(0, link.indexOf('&t=')), linkIncomplete],
    [path, linkIncomplete],
    [path.slice(0, -1), linkIncomplete],
    [`${unknown}${link.slice(path.length)}`, callUnknown],
    [`${path}#m=dtls&t=room`, modeRefused],
    [`${path}#m=sdes&t=room`, modeRefused],
    [`${path}#m=e2ee&t=direct&k=${secret}`, modeRefused],
  ];
  const bob = await invite('bob');
  for (const [changed, ending] of cases) {
    await bob.page.goto('about:blank');
    await bob.page.goto(changed);
    await expectEnding(bob, ending);
  }
  // The control: the same link, whole.
  await bob.page.goto('about:blank');
  await bob.page.goto(link);
  await expect(bob.page.getByTestId('participants')).toHaveAttribute('data-count', '0');
});

test('a full call: told on arrival, and when the last place goes meanwhile', async ({
  invite,
  serve,
}) => {
  const stack = await serve({ env: { EARSHOT_ROOM_CAPACITY: '2' } });
  for (const kind of [kinds.direct, kinds.room]) {
    const alice = await invite('alice', { serverUrl: stack.url });
    const bob = await invite('bob', { serverUrl: stack.url });
    const carol = await invite('carol', { serverUrl: stack.url });
    const link = await alice.createCall(kind);
    await alice.join();
    await carol.page.goto(link);
    await carol.page.getByTestId('name').fill('carol');
    await carol.allowMicrophone();
    await bob.join(link);
    await bob.expectPhase('connected');

    await carol.page.getByTestId('join').click();
    await expectEnding(carol, endings.callFull);
    await carol.page.getByTestId('rejoin').click();
    await expectEnding(carol, endings.callFull);
    await expect(alice.others).toHaveCount(1);

    await bob.hangUp();
    // His place is free when the server says that he left, not when his page does.
    await expect(alice.others).toHaveCount(0);
    if (kind.topology === 'direct') continue;
    await carol.page.getByTestId('rejoin').click();
    await carol.join();
    await carol.expectPhase('connected');
  }
});

test('a server that dies and stays away: who talks talks on until the place is lost', async ({
  invite,
  serve,
}) => {
  const stack = await serve();
  const alice = await invite('alice', { serverUrl: stack.url });
  const bob = await invite('bob', { serverUrl: stack.url });
  const carol = await invite('carol', { serverUrl: stack.url });
  for (const person of [alice, bob, carol]) person.expectConsole(networkErrors);
  const link = await alice.createCall(kinds.sealedDirect);
  await alice.join();
  await bob.join(link);
  // Heard, not only connected: by then the keys of both have arrived.
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
  await carol.createCall(kinds.room);
  await carol.page.getByTestId('name').fill('carol');
  await carol.allowMicrophone();

  await stack.stop('SIGKILL');
  await carol.page.getByTestId('join').click();
  await alice.expectPhase('reconnecting');
  await expect(alice.page.getByTestId('reconnecting')).toContainText('you may still hear');
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);

  await expect(carol.phase).toHaveAttribute('data-phase', 'ended');
  await expectEnding(carol, endings.serverUnreachable);
  // The lease is 30 s.
  await expect(alice.phase).toHaveAttribute('data-phase', 'ended');
  await expectEnding(alice, endings.sessionLost);
  await expectEnding(bob, endings.sessionLost);
});

test('creating a call on a server that is gone', async ({ invite, serve }) => {
  const stack = await serve();
  const alice = await invite('alice', { serverUrl: stack.url });
  alice.expectConsole(networkErrors);
  await alice.page.goto(stack.url);
  await stack.stop('SIGKILL');
  await alice.page.getByTestId('create-call').click();
  const problem = alice.page.getByTestId('create-problem');
  await expect(problem).toContainText(endings.serverUnreachable.title);
});

test('a server that is stopped says so before it goes', async ({ invite, serve }) => {
  const stack = await serve();
  const alice = await invite('alice', { serverUrl: stack.url });
  const bob = await invite('bob', { serverUrl: stack.url });
  for (const person of [alice, bob]) person.expectConsole(networkErrors);
  const link = await alice.createCall(kinds.room);
  await alice.join();
  await bob.join(link);
  await Promise.all([alice.expectPhase('connected'), bob.expectPhase('connected')]);
  await stack.stop('SIGTERM');
  await expectEnding(alice, endings.serverStopped);
  await expectEnding(bob, endings.serverStopped);
});

/** The same call under another secret, as somebody with a forged link has it. */
function withAnotherSecret(link: string): string {
  return link.replace(/&k=(.)/, (_, first: string) => `&k=${first === 'A' ? 'B' : 'A'}`);
}

test('two links with different secrets: a direct call ends on both sides', async ({ invite }) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall(kinds.sealedDirect);
  await alice.join();
  await bob.join(withAnotherSecret(link));
  await expectEnding(alice, endings.handshakeFailed);
  await expectEnding(bob, endings.handshakeFailed);
});

test('two links with different secrets: in a room both are told, and nothing plays', async ({
  invite,
}) => {
  const alice = await invite('alice');
  const bob = await invite('bob');
  const link = await alice.createCall(kinds.sealedRoom);
  await alice.join();
  await bob.join(withAnotherSecret(link));
  for (const [person, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const tile = person.other(other.speaker);
    await expect(tile).toHaveAttribute('data-keying', 'failed');
    await expect(tile).toContainText('You do not hear each other');
    await expect(person.page.locator('audio[data-participant]')).toHaveCount(0);
    expect((await person.heard(other.speaker, { seconds: 2 })).windows).toEqual([]);
  }

  // The control, in the same room: who has the right link hears who has it too.
  const carol = await invite('carol');
  await carol.join(link);
  await carol.expectHears('alice', { participantId: await carol.idOf('alice') });
});
