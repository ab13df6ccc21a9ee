import { expect, it } from 'vitest';
import { readRequest } from '../operator/relayed-message.ts';
import { recordRelayed } from './relayed-record.ts';
import { SignalingRecord } from './signaling-record.ts';

const callee = 'AAAAAAAAAAAAAAAAAAAAAA';
const line = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';

it('keeps the lines of a description, as the server’s own record would', () => {
  const { request } = readRequest(1, 'offer', {
    id: 'first',
    input: { to: callee, sdp: `v=0\r\n${line}\r\n` },
  });
  const record = new SignalingRecord(recordRelayed(request).join(''));
  expect(record.messages).toMatchObject([{ from: 'client 1', to: callee, verb: 'offer' }]);
  expect(record.keys()).toEqual([{ from: 'client 1', line }]);
});

it('keeps nothing of what is between one person and the server', () => {
  const { request } = readRequest(0, 'restartIce', {
    id: 'second',
    input: { transportId: '7c035352-aece-4ba2-8710-b15b6493c000' },
  });
  expect(recordRelayed(request)).toEqual([]);
});
