import { callId, participantId } from '@earshot/protocol';
import { expect, test } from 'vitest';
import { OperatorRecord } from './record.ts';

const call = {
  id: callId.parse('Cf3yYd0hT1GZ0n5l2m8QwA'),
  mode: 'sdes',
  topology: 'room',
} as const;
const from = participantId.parse('p1AAAAAAAAAAAAAAAAAAAA');
const producerId = '6f9619ff-8b86-4d01-b42d-00c04fc964ff';

test('frames packets: length, producer id, RTP', () => {
  const record = new OperatorRecord({ retainKeys: true });
  record.addRtp(call, { producerId, rtp: Uint8Array.of(0x80, 0x6f) });
  record.addRtp(call, { producerId, rtp: Uint8Array.of(0x90) });
  const expected = Buffer.concat([
    Buffer.from([0, 0, 0, 38]),
    Buffer.from(producerId),
    Buffer.from([0x80, 0x6f]),
    Buffer.from([0, 0, 0, 37]),
    Buffer.from(producerId),
    Buffer.from([0x90]),
  ]);
  expect(record.rtpOf(call.id)).toEqual(expected);
  expect(record.rtpOf('other')).toBeUndefined();
});

test('keeps 20 MiB of packets, the latest, and counts what it dropped', () => {
  const record = new OperatorRecord({ retainKeys: true });
  // With its 40 bytes of framing, 1 MiB each.
  const rtp = new Uint8Array(1024 * 1024 - 40);
  for (let i = 0; i < 23; i++) record.addRtp(call, { producerId, rtp: rtp.fill(i) });
  expect(record.calls()).toMatchObject([{ rtpPackets: 20, rtpDropped: 3, rtpBytes: 20 * 2 ** 20 }]);
  expect(record.rtpOf(call.id)?.[40]).toBe(3);
});

test.each([
  [
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA|2^20|1:4;inline:BBBB|2^20|2:4 KDR=0',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[not retained];inline:[not retained] KDR=0',
  ],
  [
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 INLINE:AAAA',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 INLINE:[not retained]',
  ],
  ['a=fingerprint:sha-256 00', 'a=fingerprint:sha-256 00'],
])('without keys %s', (crypto, kept) => {
  const record = new OperatorRecord({ retainKeys: false });
  record.add(call, { from, to: null, verb: 'produce', payload: { producerId, crypto } });
  const message = { from, to: null, verb: 'produce', payload: { producerId, crypto: kept } };
  expect(record.messagesOf(call.id)).toMatchObject([message]);
});

test('tells who watches a call what comes on record, as it is kept, until they stop', () => {
  const record = new OperatorRecord({ retainKeys: false });
  const seen: unknown[] = [];
  const stop = record.watch(call.id, {
    onMessage: ({ payload }) => seen.push(payload),
    onRtp: (packet) => seen.push(packet),
  });
  const rtp = Uint8Array.of(0x80);
  record.add(call, { from, to: null, verb: 'produce', payload: { crypto: 'inline:AAAA' } });
  record.addRtp(call, { producerId, rtp });
  const other = { ...call, id: callId.parse('Df3yYd0hT1GZ0n5l2m8QwA') };
  record.addRtp(other, { producerId, rtp });
  stop();
  record.addRtp(call, { producerId, rtp });
  expect(seen).toEqual([{ crypto: 'inline:[not retained]' }, { producerId, rtp }]);
});
