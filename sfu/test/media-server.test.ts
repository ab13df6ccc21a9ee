/** The pool: spreading, death and replacement, closing. Real workers, killed for real. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import process from 'node:process';
import { describe, expect, test, vi } from 'vitest';
import type { MediaRoom } from '../src/api.ts';
import {
  isAlive,
  openWatchedRoom,
  participant,
  roomOptions,
  silent,
  started,
  startServer,
  until,
} from './running-workers.ts';

const alice = participant('alice');

/** Of two that follow each other, both free, for TCP and for UDP: as a worker each takes them. */
async function freePorts(): Promise<number> {
  for (;;) {
    await using opened = new AsyncDisposableStack();
    const take = async (wanted: number): Promise<number> => {
      const server = createServer().listen(wanted, '127.0.0.1');
      opened.defer(() => void server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const socket = createSocket('udp4');
      opened.defer(() => void socket.close());
      socket.bind(port, '127.0.0.1');
      await once(socket, 'listening');
      return port;
    };
    try {
      const port = await take(0);
      await take(port + 1);
      return port;
    } catch {
      // Somebody else's.
    }
  }
}

describe('rooms', () => {
  test('are counted while they are open', async () => {
    await using server = await startServer({ workers: 2 });
    const room = await server.openRoom(roomOptions());
    const other = await server.openRoom(roomOptions());
    expect(server.load()).toEqual({
      workersAlive: 2,
      workersWanted: 2,
      rooms: 2,
      producers: 0,
      consumers: 0,
    });
    room.close();
    room.close();
    expect(server.load().rooms).toBe(1);
    await expect(room.createTransport(alice, 'send')).rejects.toMatchObject({
      code: 'media-unknown',
    });
    other.close();
    expect(server.load().rooms).toBe(0);
  });

  test('opened at once spread over the workers, and leave nothing when closed', async () => {
    const first = started.workers.length;
    await using server = await startServer({ workers: 2 });
    const workers = started.workers.slice(first);
    const rooms = await Promise.all([1, 2, 3, 4].map(() => server.openRoom(roomOptions())));
    const routerCounts = async () =>
      Promise.all(workers.map(async (worker) => (await worker.dump()).routerIds.length));
    expect(await routerCounts()).toEqual([2, 2]);
    for (const room of rooms) room.close();
    expect(await routerCounts()).toEqual([0, 0]);
  });
});

describe('a worker that dies', () => {
  test('loses its rooms once, spares the others, and is replaced', async () => {
    await using server = await startServer({ workers: 2 });
    const onLost = vi.fn();
    const onSparedLost = vi.fn();
    const { room, worker } = await openWatchedRoom(server, { onLost });
    const spared = await openWatchedRoom(server, { onLost: onSparedLost });
    expect(spared.worker.pid).not.toBe(worker.pid);
    process.kill(worker.pid, 'SIGKILL');
    await until(() => expect(onLost).toHaveBeenCalledTimes(1));

    await expect(room.createTransport(alice, 'send')).rejects.toMatchObject({
      code: 'media-lost',
    });
    await spared.room.createTransport(alice, 'send');
    await until(() => expect(server.load().workersAlive).toBe(2));
    expect(server.load().rooms).toBe(1);
    const next = await openWatchedRoom(server);
    await next.room.createTransport(alice, 'send');
    expect(next.worker.pid).not.toBe(worker.pid);
    room.close();
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(onSparedLost).not.toHaveBeenCalled();
  });

  test('may be the only one: a room opened in onLost waits for its successor', async () => {
    await using server = await startServer();
    const reopened = Promise.withResolvers<MediaRoom>();
    const { worker } = await openWatchedRoom(server, {
      onLost: () => reopened.resolve(server.openRoom(roomOptions())),
    });
    process.kill(worker.pid, 'SIGKILL');
    const room = await reopened.promise;
    await room.createTransport(alice, 'send');
  });

  test('takes the room with it that is being opened', async () => {
    await using server = await startServer();
    process.kill(started.workers.at(-1)!.pid, 'SIGKILL');
    const onLost = vi.fn();
    // The server has not heard of the death yet.
    await expect(server.openRoom(roomOptions({ onLost }))).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'media-lost',
    });
    expect(onLost).not.toHaveBeenCalled();
    expect(server.load().rooms).toBe(0);
  });

  test('rejects what was under way', async () => {
    await using server = await startServer();
    const { room, worker } = await openWatchedRoom(server);
    process.kill(worker.pid, 'SIGKILL');
    await expect(room.createTransport(alice, 'send')).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'media-lost',
    });
  });

  test('comes back on its port, and a log line says so', async () => {
    const firstPort = await freePorts();
    const lines: string[] = [];
    const log = { ...silent, error: (_: object, message: string) => lines.push(message) };
    await using server = await startServer({ firstPort, log });
    const { worker } = await openWatchedRoom(server);
    process.kill(worker.pid, 'SIGKILL');
    await until(() => expect(lines).toContain('media worker died'));
    const room = await server.openRoom(roomOptions());
    const { iceCandidates } = await room.createTransport(alice, 'send');
    expect(iceCandidates.map(({ protocol, port }) => ({ protocol, port }))).toEqual([
      { protocol: 'udp', port: firstPort },
      { protocol: 'tcp', port: firstPort },
    ]);
  });
});

describe('close', () => {
  test('ends the worker processes and tells no room that it was lost', async () => {
    const first = started.workers.length;
    const server = await startServer({ workers: 2 });
    const onLost = vi.fn();
    const room = await server.openRoom(roomOptions({ onLost }));
    const pids = started.workers.slice(first).map(({ pid }) => pid);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await Promise.all([server.close(), server.close()]);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(onLost).not.toHaveBeenCalled();
    room.close();
    await expect(server.openRoom(roomOptions())).rejects.toMatchObject({ code: 'media-lost' });
    expect(server.load()).toMatchObject({ workersAlive: 0, rooms: 0 });
  });

  test('kills a worker that hangs', async () => {
    const server = await startServer();
    const { pid } = started.workers.at(-1)!;
    process.kill(pid, 'SIGSTOP');
    await server.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('does not leave behind the worker that replaces another', async () => {
    const server = await startServer();
    const { worker } = await openWatchedRoom(server);
    const count = started.workers.length;
    const died = once(worker, 'died');
    process.kill(worker.pid, 'SIGKILL');
    // The replacement is on its way by then, and may be there a moment later.
    await died;
    await server.close();
    expect(started.workers.slice(count).map(({ pid }) => isAlive(pid))).not.toContain(true);
  });
});

describe('start', () => {
  test('leaves the decision when to stop to the server', async () => {
    const count = process.listenerCount('SIGTERM');
    await using server = await startServer();
    expect(server.load().workersAlive).toBe(1);
    expect(process.listenerCount('SIGTERM')).toBe(count);
  });

  test('fails, with no process left, when a port is taken', async () => {
    const first = started.workers.length;
    const port = await freePorts();
    const blocker = createServer().listen(port, '127.0.0.1');
    await once(blocker, 'listening');
    await expect(startServer({ workers: 2, firstPort: port })).rejects.toThrow(
      `media worker cannot listen on port ${port}`,
    );
    blocker.close();
    const pids = started.workers.slice(first).map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test.each([
    { workers: 0 },
    { workers: 1.5 },
    { firstPort: -1 },
    { workers: 3, firstPort: 65_534 },
    { listenIp: '0.0.0.0' },
  ])('refuses %o', async (overrides) => {
    await expect(startServer(overrides)).rejects.toBeInstanceOf(RangeError);
  });

  test('tells clients the announced address', async () => {
    await using server = await startServer({ listenIp: '0.0.0.0', announcedAddress: 'localhost' });
    const room = await server.openRoom(roomOptions());
    const { iceCandidates } = await room.createTransport(alice, 'send');
    expect(new Set(iceCandidates.map(({ address }) => address))).toEqual(new Set(['localhost']));
  });
});
