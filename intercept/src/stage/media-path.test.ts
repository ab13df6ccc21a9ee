import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { readRequest, type RelayedMessage } from '../operator/relayed-message.ts';
import { throughRelay } from './media-path.ts';
import { startUdpRelay, type UdpRelay } from './udp-relay.ts';

const to = 'A'.repeat(22);
const open: { close(): void }[] = [];
afterEach(() => {
  for (const closable of open.splice(0)) closable.close();
});

async function relay(): Promise<UdpRelay> {
  const started = await startUdpRelay({ lines: 4 });
  open.push(started);
  return started;
}

function request(verb: 'offer' | 'answer' | 'candidate', input: object): RelayedMessage {
  return readRequest(0, verb, { id: 'r1', input: { to, ...input } }).request;
}

function sdpOf(message: RelayedMessage): string {
  if (message.kind !== 'request' || (message.verb !== 'offer' && message.verb !== 'answer')) {
    throw new TypeError('no description');
  }
  return message.input.sdp;
}

function candidateOf(message: RelayedMessage): string {
  if (message.kind !== 'request' || message.verb !== 'candidate') throw new TypeError('not one');
  return message.input.candidate?.candidate ?? '';
}

function candidate(line: string): RelayedMessage {
  const rest = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null };
  return request('candidate', { candidate: { candidate: line, ...rest } });
}

/** What a native endpoint says: where it hears. */
const native = (address: string, port: number): string =>
  ['v=0', `o=- 1 1 IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0']
    .concat([`m=audio ${String(port)} RTP/SAVP 111`, 'a=rtpmap:111 opus/48000/2', ''])
    .join('\r\n');

describe('throughRelay', () => {
  it('sends to the relay who would send to a candidate', async () => {
    const network = await relay();
    const changed = candidateOf(
      throughRelay(candidate('candidate:1 1 udp 2122 192.0.2.7 5004 typ host'), network),
    );
    const { address, port } = network.lineTo({ address: '192.0.2.7', port: 5004 });
    expect(changed).toBe(`candidate:1 1 udp 2122 ${address} ${String(port)} typ host`);
  });

  it('leaves no way around it over IPv6, a name, or a description that holds candidates', async () => {
    const network = await relay();
    for (const address of ['2001:db8::1', 'f00d.local']) {
      const line = `candidate:1 1 udp 2122 ${address} 5004 typ host`;
      expect(candidateOf(throughRelay(candidate(line), network))).not.toContain(address);
    }
    const sdp = `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=candidate:1 1 udp 1 192.0.2.7 5004 typ host\r\n`;
    expect(sdpOf(throughRelay(request('offer', { sdp }), network))).not.toContain('candidate');
  });

  it('sends to the relay who goes by c= and m= lines', async () => {
    const network = await relay();
    const changed = sdpOf(
      throughRelay(request('answer', { sdp: native('192.0.2.7', 5004) }), network),
    );
    const { address, port } = network.lineTo({ address: '192.0.2.7', port: 5004 });
    expect(changed).toContain(`c=IN IP4 ${address}\r\n`);
    expect(changed).toContain(`m=audio ${String(port)} RTP/SAVP 111\r\n`);
  });

  it.each([
    ['0.0.0.0', 5004],
    ['192.0.2.7', 9],
    ['192.0.2.7', 0],
  ])('leaves a description as it is that names no place: %s, port %i', async (address, port) => {
    const message = request('offer', { sdp: native(address, port) });
    expect(throughRelay(message, await relay())).toEqual(message);
  });

  it('really gets there: what is sent to the changed address arrives at the one named', async () => {
    const network = await relay();
    const [near, far] = [createSocket('udp4'), createSocket('udp4')];
    open.push(near, far);
    far.bind(0, '127.0.0.1');
    await once(far, 'listening');
    const sdp = sdpOf(
      throughRelay(request('offer', { sdp: native('127.0.0.1', far.address().port) }), network),
    );
    const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
    const arrived = new Promise<Buffer>((resolve) => far.once('message', resolve));
    near.send('hello', port, '127.0.0.1');
    const bytes = await arrived;
    expect(bytes.toString()).toBe('hello');
    expect(port).not.toBe(far.address().port);
  });
});
