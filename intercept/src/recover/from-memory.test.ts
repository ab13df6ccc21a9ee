import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Datagram } from '../dissect/pcap.ts';
import { openWithAesKeys, uplinksOf } from './from-memory.ts';

type Endpoint = Datagram['from'];

const packetsEach = 60;
const at = (port: number): Endpoint => ({ address: '127.0.0.1', port });
const alice = at(5004);
const bob = at(5006);
const server = at(40_000);

/** SRTP under AES-GCM by RFC 7714 sections 8 and 9, with nothing of ours: the session key and salt as they are. */
function stream(options: {
  readonly ssrc: number;
  readonly key: Uint8Array;
  readonly from: Endpoint;
  readonly to: Endpoint;
}): Datagram[] {
  const { ssrc, key, from, to } = options;
  const salt = randomBytes(12);
  return Array.from({ length: packetsEach }, (_, sequenceNumber) => {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = 111;
    header.writeUInt16BE(sequenceNumber, 2);
    header.writeUInt32BE(sequenceNumber * 960, 4);
    header.writeUInt32BE(ssrc, 8);
    const nonce = Buffer.from(salt);
    for (let i = 0; i < 4; i++) nonce[2 + i] = (nonce[2 + i] ?? 0) ^ (header[8 + i] ?? 0);
    for (let i = 0; i < 2; i++) nonce[10 + i] = (nonce[10 + i] ?? 0) ^ (header[2 + i] ?? 0);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(header);
    const text = `${ssrc} says ${sequenceNumber}`;
    const sealed = Buffer.concat([header, cipher.update(text), cipher.final()]);
    const payload = new Uint8Array(Buffer.concat([sealed, cipher.getAuthTag()]));
    return { atUs: sequenceNumber, from, to, payload };
  });
}

const aliceKey = randomBytes(32);
const bobKey = randomBytes(32);
const downKey = randomBytes(32);
const stranger = randomBytes(32);
const wire = [
  ...stream({ ssrc: 7, key: aliceKey, from: alice, to: server }),
  ...stream({ ssrc: 8, key: bobKey, from: bob, to: server }),
  ...stream({ ssrc: 9, key: downKey, from: server, to: bob }),
];

describe('openWithAesKeys', () => {
  it('opens each stream with its own key, wherever that is among the others', () => {
    const opened = openWithAesKeys(wire, [stranger, bobKey, aliceKey]);
    expect(opened.map(({ stream: { ssrc }, key }) => [ssrc, key])).toEqual([
      [7, aliceKey],
      [8, bobKey],
      [9, undefined],
    ]);
    expect(opened.map((each) => each.opened.length)).toEqual([60, 60, 0]);
    const said = opened[1]?.opened.map(({ payload }) => Buffer.from(payload).toString());
    expect(said?.[0]).toBe('8 says 0');
    expect(said?.[59]).toBe('8 says 59');
  });

  it('opens nothing with keys of nobody, or none', () => {
    for (const keys of [[stranger], []]) {
      expect(openWithAesKeys(wire, keys).map(({ opened, key }) => [opened.length, key])).toEqual([
        [0, undefined],
        [0, undefined],
        [0, undefined],
      ]);
    }
  });

  it('leaves out packets that were changed', () => {
    const changed = wire.map((datagram, i) => {
      if (i !== 5) return datagram;
      const payload = Uint8Array.from(datagram.payload);
      payload[14] = (payload[14] ?? 0) ^ 1;
      return { ...datagram, payload };
    });
    expect(openWithAesKeys(changed, [aliceKey])[0]?.opened).toHaveLength(59);
  });
});

describe('uplinksOf', () => {
  it('is what people send to the media server: where most streams go', () => {
    const uplinks = uplinksOf(openWithAesKeys(wire, []));
    expect(uplinks.map(({ stream: { ssrc } }) => ssrc)).toEqual([7, 8]);
    expect(uplinksOf([])).toEqual([]);
  });
});
