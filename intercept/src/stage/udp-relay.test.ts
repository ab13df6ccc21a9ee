import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readPcap, writePcap, type Datagram } from '../dissect/pcap.ts';
import { startUdpRelay, type Endpoint, type Passing, type UdpRelay } from './udp-relay.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const closable of open.splice(0)) closable.close();
});

async function bind(): Promise<{ readonly socket: Socket; readonly at: Endpoint }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  open.push(socket);
  const { address, port } = socket.address();
  return { socket, at: { address, port } };
}

async function relay(lines = 2): Promise<{ relay: UdpRelay; tapped: Datagram[] }> {
  const tapped: Datagram[] = [];
  const started = await startUdpRelay({ lines, onDatagram: (seen) => tapped.push(seen) });
  open.push(started);
  return { relay: started, tapped };
}

/** What a socket gets next, and from where. */
async function next(socket: Socket): Promise<{ readonly text: string; readonly port: number }> {
  return new Promise((resolve) => {
    socket.once('message', (bytes, { port }) => {
      resolve({ text: bytes.toString(), port });
    });
  });
}

function send(socket: Socket, text: string, { address, port }: Endpoint): void {
  socket.send(text, port, address);
}

describe('startUdpRelay', () => {
  it('passes on what is decided over each datagram, both ways', async () => {
    const passing: Passing[] = [];
    const network = await startUdpRelay({
      lines: 1,
      pass: (datagram, deliver) => {
        passing.push(datagram);
        for (const piece of Buffer.from(datagram.payload).toString().split('|')) {
          if (piece !== 'kept') deliver(Buffer.from(piece));
        }
      },
    });
    open.push(network);
    const [alice, bob] = [await bind(), await bind()];
    send(alice.socket, 'kept|to bob', network.lineTo(bob.at));
    const { text, port } = await next(bob.socket);
    expect(text).toBe('to bob');
    send(bob.socket, 'kept|to alice', { address: '127.0.0.1', port });
    expect((await next(alice.socket)).text).toBe('to alice');
    expect(passing.map(({ from, to }) => [from.port, to.port])).toEqual([
      [alice.at.port, bob.at.port],
      [bob.at.port, alice.at.port],
    ]);
  });

  it('carries both ways, and whoever is called sees the relay only', async () => {
    const { relay: network, tapped } = await relay();
    const [alice, bob] = [await bind(), await bind()];
    const line = network.lineTo(bob.at);
    send(alice.socket, 'to bob', line);
    const atBob = await next(bob.socket);
    expect(atBob.text).toBe('to bob');
    expect(atBob.port).not.toBe(alice.at.port);
    send(bob.socket, 'to alice', { address: '127.0.0.1', port: atBob.port });
    expect(await next(alice.socket)).toEqual({ text: 'to alice', port: line.port });
    // The tap names the ends that the call has without the relay.
    expect(tapped.map(({ from, to }) => [from.port, to.port])).toEqual([
      [alice.at.port, bob.at.port],
      [bob.at.port, alice.at.port],
    ]);
  });

  it('has one line per target, and no more than it opened', async () => {
    const { relay: network } = await relay(1);
    const target = { address: '127.0.0.1', port: 9 };
    expect(network.lineTo(target)).toEqual(network.lineTo({ ...target }));
    expect(() => network.lineTo({ ...target, port: 10 })).toThrow(RangeError);
  });

  it('loses what is sent while it is cut, and shows the tap nothing of it', async () => {
    const { relay: network, tapped } = await relay();
    const [alice, bob] = [await bind(), await bind()];
    const line = network.lineTo(bob.at);
    send(alice.socket, 'first', line);
    await next(bob.socket);
    network.cut();
    // Sockets keep the order: by the time this one is back, the lost one has reached the relay.
    const probe = await bind();
    send(alice.socket, 'lost', line);
    send(alice.socket, 'probe', probe.at);
    await next(probe.socket);
    await new Promise((resolve) => setImmediate(resolve));
    network.mend();
    send(alice.socket, 'last', line);
    expect((await next(bob.socket)).text).toBe('last');
    expect(tapped.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['first', 'last']);
  });
});

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

describe('a tapped line as pcap', () => {
  async function tapOf(payloads: readonly string[]): Promise<Datagram[]> {
    const { relay: network, tapped } = await relay();
    const [alice, bob] = [await bind(), await bind()];
    for (const payload of payloads) {
      send(alice.socket, payload, network.lineTo(bob.at));
      await next(bob.socket);
    }
    return tapped;
  }

  it('reads back as it was carried', async () => {
    const tapped = await tapOf(['one', '', 'three']);
    const read = readPcap(writePcap(tapped));
    expect(read.map(({ payload }) => Buffer.from(payload).toString())).toEqual([
      'one',
      '',
      'three',
    ]);
    expect(read.map(({ from, to, atUs }) => ({ from, to, atUs }))).toEqual(
      tapped.map(({ from, to, atUs }) => ({ from, to, atUs })),
    );
  });

  it.skipIf(!hasTshark)('opens in tshark, with valid headers', async () => {
    const tapped = await tapOf(['some speech']);
    const folder = mkdtempSync(join(tmpdir(), 'earshot-tshark-'));
    open.push({ close: () => rmSync(folder, { recursive: true }) });
    const file = join(folder, 'wire.pcap');
    writeFileSync(file, writePcap(tapped));
    const { stdout } = spawnSync('tshark', [
      ...['-r', file, '-o', 'ip.check_checksum:TRUE', '-T', 'fields'],
      ...[
        '-e',
        'ip.checksum.status',
        '-e',
        'udp.srcport',
        '-e',
        'udp.dstport',
        '-e',
        'udp.payload',
      ],
    ]);
    const [first] = tapped;
    const good = '1';
    expect(stdout.toString().trim().split('\t')).toEqual([
      good,
      String(first?.from.port),
      String(first?.to.port),
      Buffer.from('some speech').toString('hex'),
    ]);
  });
});
