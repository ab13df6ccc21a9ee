/** With coturn itself where it is installed. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { EarshotServer } from '@earshot/signaling/server';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../../../../signaling/test/wire.ts';
import { readEvent, readRequest, type RelayedMessage } from '../../operator/relayed-message.ts';
import { hasCoturn, startCoturn } from './coturn.ts';
import { openTurnLines } from './turn-lines.ts';
import { passRelayedCandidates, turnLoginOf } from './turned-path.ts';

const person = 'A'.repeat(22);
const rest = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null };

function told(candidate: string | null): RelayedMessage {
  const payload = { from: person, candidate: candidate === null ? null : { candidate, ...rest } };
  return readEvent(0, { seq: 1, name: 'candidate', payload });
}

describe('passRelayedCandidates', () => {
  it.each([
    ['candidate:1 1 udp 2122 192.0.2.7 5004 typ host', 0],
    ['candidate:2 1 udp 1686 203.0.113.9 5004 typ srflx raddr 192.0.2.7 rport 5004', 0],
    ['candidate:3 1 tcp 1518 192.0.2.7 9 typ host tcptype active', 0],
    ['candidate:4 1 udp 41 203.0.113.5 49170 typ relay raddr 0.0.0.0 rport 0', 1],
    [null, 1],
  ])('passes on %s: %i', (candidate, passed) => {
    expect(passRelayedCandidates(told(candidate))).toHaveLength(passed);
  });

  it('leaves everything else as it is', () => {
    const { request } = readRequest(0, 'leave', { id: 'r1', input: {} });
    expect(passRelayedCandidates(request)).toEqual([request]);
  });
});

describe.skipIf(!hasCoturn)('with coturn', () => {
  const open: { close(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function start() {
    const coturn = await startCoturn();
    open.push(coturn);
    const server: EarshotServer = await startServer({ env: coturn.environment });
    open.push(server);
    return { coturn, login: await turnLoginOf(server.url) };
  }

  async function socket(): Promise<Socket> {
    const bound = createSocket('udp4');
    open.push({ close: () => void bound.close() });
    bound.bind(0, '127.0.0.1');
    await once(bound, 'listening');
    return bound;
  }

  it('a line carries what is sent to it, with the login that the server hands out', async () => {
    const { coturn, login } = await start();
    const lines = await openTurnLines({ login, lines: 1 });
    open.push(lines);
    const [sender, target] = [await socket(), await socket()];
    const line = lines.lineTo({ address: '127.0.0.1', port: target.address().port });
    await expect.poll(() => coturn.allocated()).toEqual([line]);
    const arrived = new Promise<Buffer>((resolve) => target.once('message', resolve));
    sender.send('hello', line.port, line.address);
    expect((await arrived).toString()).toBe('hello');
    expect(line.port).toBeGreaterThanOrEqual(49160);
    expect(line.port).toBeLessThanOrEqual(49959);
  });

  it('refuses another login', async () => {
    const { login } = await start();
    const other = { ...login, credential: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
    await expect(openTurnLines({ login: other, lines: 1 })).rejects.toThrow('gave no address');
  });

  it('is gone when it was closed', async () => {
    const coturn = await startCoturn();
    const port = /:(\d+)\?/.exec(coturn.environment['EARSHOT_TURN_URLS'] ?? '')?.[1];
    await coturn.close();
    await coturn.close();
    const again = createSocket('udp4');
    again.bind(Number(port), '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });
});
