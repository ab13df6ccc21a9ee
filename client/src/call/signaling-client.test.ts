/** Against the real server, through a TCP relay that can be cut. */
import { ProtocolError, type ServerEvent } from '@earshot/protocol';
import { createServer as createTcpServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import type { EarshotServer } from '../../../signaling/src/server.ts';
import { startServer, type StartOptions } from '../../../signaling/test/wire.ts';
import type { CallError } from './call-api.ts';
import { SignalingClient } from './signaling-client.ts';

/** Ends a test that hangs: no bound on how long a busy machine may take. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Line {
  readonly origin: string;
  cut(): void;
  mend(): void;
}

/** Like a network that comes and goes. */
async function lineTo(server: EarshotServer): Promise<Line> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const relay = createTcpServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(server.url).port), '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  closers.push(() => {
    hangUp();
    relay.close();
  });
  const { port } = relay.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    cut: () => {
      isCut = true;
      hangUp();
    },
    mend: () => {
      isCut = false;
    },
  };
}

async function start(options?: StartOptions): Promise<EarshotServer> {
  const server = await startServer(options);
  closers.push(() => server.close());
  return server;
}

async function open(origin: string) {
  const events: ServerEvent[] = [];
  const links: string[] = [];
  const lost: CallError[] = [];
  const client = await SignalingClient.open({
    origin,
    onEvent: (event) => events.push(event),
    onLink: (link) => links.push(link),
    onLost: (error) => lost.push(error),
  });
  closers.push(() => {
    client.close();
  });
  return { client, events, links, lost };
}

async function joinDirect(client: SignalingClient, name: string, given?: string) {
  const kind = { mode: 'dtls', topology: 'direct' } as const;
  const callId = given ?? (await client.request('createCall', kind)).callId;
  return client
    .request('join', { ...kind, callId, name, isMuted: false } as never)
    .then((joined) => ({ ...joined, callId }));
}

it('carries requests, refusals and events', async () => {
  const { url } = await start();
  const ada = await open(url);
  const bea = await open(url);
  const { callId } = await joinDirect(ada.client, 'Ada');
  const { self } = await joinDirect(bea.client, 'Bea', callId);
  await until(() => expect(ada.events).toHaveLength(1));
  expect(ada.events[0]).toMatchObject({
    seq: 1,
    name: 'participantJoined',
    payload: { participant: { id: self.id, name: 'Bea' } },
  });
  await expect(
    bea.client.request('restartIce', { transportId: crypto.randomUUID() }),
  ).rejects.toThrow(ProtocolError);
});

it('resumes after a cut: events are caught up on, requests answered once', async () => {
  const server = await start();
  const line = await lineTo(server);
  const ada = await open(line.origin);
  const bea = await open(server.url);
  const { callId } = await joinDirect(ada.client, 'Ada');
  line.cut();
  await until(() => expect(ada.links).toEqual(['up', 'down']));
  await joinDirect(bea.client, 'Bea', callId);
  const muted = ada.client.request('setMuted', { isMuted: true });
  line.mend();
  ada.client.retryNow();
  await muted;
  expect(ada.links).toEqual(['up', 'down', 'up']);
  await until(() => expect(ada.events.map(({ name }) => name)).toEqual(['participantJoined']));
  await until(() =>
    expect(bea.events.at(-1)).toMatchObject({
      name: 'participantUpdated',
      payload: { participant: { isMuted: true, isConnected: true } },
    }),
  );
  expect(ada.lost).toEqual([]);
});

it('says so when the lease ended before the line was mended', async () => {
  const server = await start({ times: { sessionLeaseMs: 400 } });
  const line = await lineTo(server);
  const ada = await open(line.origin);
  await joinDirect(ada.client, 'Ada');
  line.cut();
  const pending = ada.client.request('setMuted', { isMuted: true });
  await expect(pending).rejects.toMatchObject({ code: 'session-lost' });
  expect(ada.lost).toMatchObject([{ code: 'session-lost' }]);
  await expect(ada.client.request('leave', {})).rejects.toMatchObject({ code: 'session-lost' });
});

it('takes the end of a draining server for what it is', async () => {
  const server = await start();
  const ada = await open(server.url);
  await joinDirect(ada.client, 'Ada');
  void server.drain();
  await until(() => expect(ada.events.at(-1)?.name).toBe('draining'));
  await server.close();
  await until(() => expect(ada.lost).toMatchObject([{ code: 'server-stopped' }]));
});

it('gives up on a server that is not there', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const opening = open('http://127.0.0.1:9');
  vi.advanceTimersByTime(20_000);
  await expect(opening).rejects.toMatchObject({ code: 'server-unreachable' });
  vi.useRealTimers();
});

it('leaves the call when it closes, and calls nobody back', async () => {
  const { url } = await start();
  const ada = await open(url);
  const bea = await open(url);
  const { callId } = await joinDirect(ada.client, 'Ada');
  await joinDirect(bea.client, 'Bea', callId);
  ada.client.close();
  await until(() =>
    expect(bea.events.at(-1)).toMatchObject({
      name: 'participantLeft',
      payload: { reason: 'left' },
    }),
  );
  expect(ada.lost).toEqual([]);
});
