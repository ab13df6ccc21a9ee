/** Lines that break: the call says so, goes on as far as it can, and is whole again afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { startActiveRelay } from '@earshot/intercept/operator/active-relay';
import type { CallKind } from '@earshot/intercept/stage/person';
import { throughRelay } from '@earshot/intercept/stage/media-path';
import { startTcpProxy } from '@earshot/intercept/stage/tcp-proxy';
import { startUdpRelay } from '@earshot/intercept/stage/udp-relay';
import type { Person } from '../fixtures/person.ts';
import { networkErrors } from '../fixtures/network-errors.ts';
import { expect, test } from '../fixtures/test.ts';

async function talk(alice: Person, bob: Person): Promise<void> {
  await Promise.all([alice.expectHears('bob'), bob.expectHears('alice')]);
}

for (const topology of ['direct', 'room'] as const) {
  test(`e2ee ${topology}: a cut socket is resumed, sound goes on, nothing said meanwhile is lost`, async ({
    invite,
    stack,
    afterwards,
  }) => {
    const proxy = await startTcpProxy(stack.url);
    afterwards(() => proxy.close());
    const alice = await invite('alice', { serverUrl: proxy.url });
    const bob = await invite('bob');
    alice.expectConsole(networkErrors);
    const link = await alice.createCall({ mode: 'e2ee', topology });
    await alice.join();
    await bob.join(link.replace(proxy.url, stack.url));
    await talk(alice, bob);

    proxy.cut();
    await alice.expectReconnecting(/you may still hear each other/);
    await expect(bob.other('alice')).toHaveAttribute('data-connected', 'false');
    await alice.expectHears('bob', { seconds: 3 });
    await alice.page.getByTestId('mute').click();
    await bob.page.getByTestId('mute').click();
    await expect(bob.page.getByTestId('self')).toHaveAttribute('data-muted', 'true');
    await expect(bob.other('alice')).toHaveAttribute('data-muted', 'false');

    proxy.mend();
    await alice.expectPhase('connected');
    await expect(bob.other('alice')).toHaveAttribute('data-connected', 'true');
    await expect(bob.other('alice')).toHaveAttribute('data-muted', 'true');
    await expect(alice.other('bob')).toHaveAttribute('data-muted', 'true');
    await alice.page.getByTestId('mute').click();
    await bob.page.getByTestId('mute').click();
    await talk(alice, bob);
  });
}

test('a room that somebody joins while a socket is down: they hear each other afterwards', async ({
  invite,
  stack,
  afterwards,
}) => {
  const proxy = await startTcpProxy(stack.url);
  afterwards(() => proxy.close());
  const alice = await invite('alice', { serverUrl: proxy.url });
  const bob = await invite('bob');
  alice.expectConsole(networkErrors);
  const link = await alice.createCall({ mode: 'e2ee', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  proxy.cut();
  await alice.expectReconnecting(/The server does not answer/);
  await bob.join(link.replace(proxy.url, stack.url));
  await expect(bob.other('alice')).toHaveAttribute('data-connected', 'false');
  proxy.mend();
  await talk(alice, bob);
});

test('a line that falls silent is given up and resumed over a new one', async ({
  invite,
  stack,
  afterwards,
}) => {
  const proxy = await startTcpProxy(stack.url);
  afterwards(() => proxy.close());
  const alice = await invite('alice', { serverUrl: proxy.url });
  const bob = await invite('bob');
  alice.expectConsole(networkErrors);
  const link = await alice.createCall({ mode: 'dtls', topology: 'room' });
  await alice.join();
  await bob.join(link.replace(proxy.url, stack.url));
  await bob.expectPhase('connected');
  proxy.stall();
  await alice.page.getByTestId('mute').click();
  // Nobody was told: only the answer that does not come within 10 s tells.
  await alice.expectReconnecting(/The server does not answer/);
  proxy.mend();
  await alice.expectPhase('connected');
  await expect(bob.other('alice')).toHaveAttribute('data-muted', 'true');
  await alice.expectHears('bob');
});

test('a browser that goes offline says so at once, and is back when it is', async ({ invite }) => {
  const alice = await invite('alice');
  alice.expectConsole(networkErrors);
  await alice.createCall({ mode: 'e2ee', topology: 'direct' });
  await alice.join();
  await alice.expectPhase('waiting');
  await alice.context.setOffline(true);
  await alice.expectReconnecting(/The server does not answer/);
  await alice.context.setOffline(false);
  await alice.expectPhase('waiting');
});

test('a restarted server does not know the call: said plainly, on both pages', async ({
  invite,
  serve,
}) => {
  const first = await serve();
  const { port } = new URL(first.url);
  const alice = await invite('alice', { serverUrl: first.url });
  alice.expectConsole(networkErrors);
  await alice.createCall({ mode: 'dtls', topology: 'room' });
  await alice.join();
  await alice.expectPhase('waiting');
  await first.stop('SIGKILL');
  await alice.expectReconnecting(/The server does not answer/);
  await serve({ env: { PORT: port } });
  await alice.expectEnded('session-forgotten');
  await alice.page.getByTestId('rejoin').click();
  await alice.expectEnded('call-unknown');
  await expect(alice.page.getByTestId('end-reason')).toContainText('the server was restarted');
});

/** Children of a process, from Linux's process table (proc(5), `stat`: pid, name, state, parent). */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return Number(afterName.split(' ')[1]);
  } catch {
    // Gone since it was listed.
    return undefined;
  }
}

for (const mode of ['dtls', 'e2ee'] as const) {
  test(`${mode} room: when the media server dies, another takes over and both are heard again`, async ({
    invite,
    serve,
  }) => {
    const stack = await serve();
    const alice = await invite('alice', { serverUrl: stack.url });
    const bob = await invite('bob', { serverUrl: stack.url });
    const link = await alice.createCall({ mode, topology: 'room' });
    await alice.join();
    await bob.join(link);
    await talk(alice, bob);

    const workers = childrenOf(stack.process.pid ?? 0);
    expect(workers).toHaveLength(1);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await alice.expectReconnecting(/The sound stopped coming through/);
    await Promise.all([alice.expectPhase('connected'), bob.expectPhase('connected')]);
    await talk(alice, bob);
    expect(childrenOf(stack.process.pid ?? 0)).not.toEqual(workers);
  });
}

for (const { kind, restart } of [
  { kind: { mode: 'e2ee', topology: 'direct' }, restart: 'offer' },
  { kind: { mode: 'e2ee', topology: 'room' }, restart: 'restartIce' },
] as const satisfies readonly { kind: CallKind; restart: string }[]) {
  test(`${kind.mode} ${kind.topology}: when media is lost, ICE restarts and both are heard again`, async ({
    invite,
    stack,
    afterwards,
  }) => {
    const udp = await startUdpRelay({ lines: 100 });
    let restarts = 0;
    const signaling = await startActiveRelay({
      upstreamUrl: stack.url,
      rewrite: (message) => {
        if (message.kind === 'request' && message.verb === restart) restarts++;
        return [throughRelay(message, udp)];
      },
    });
    afterwards(() => signaling.close());
    afterwards(() => udp.close());
    const alice = await invite('alice', { serverUrl: signaling.url });
    const bob = await invite('bob', { serverUrl: signaling.url });
    for (const person of [alice, bob]) person.expectConsole(networkErrors);
    const link = await alice.createCall(kind);
    await alice.join();
    await bob.join(link);
    await talk(alice, bob);

    const before = restarts;
    udp.cut();
    await alice.expectReconnecting(/The sound stopped coming through/);
    await expect.poll(() => restarts).toBeGreaterThan(before);
    udp.mend();
    await expect(alice.phase).toHaveAttribute('data-phase', 'connected');
    await expect(bob.phase).toHaveAttribute('data-phase', 'connected');
    await talk(alice, bob);
  });
}
