import { describe, expect, test } from 'vitest';
import { changeCryptoLines, makeLowerMode, sayLowerMode } from './downgrade.ts';
import type { RelayedMessage } from './relayed-message.ts';

const self = {
  ...{ id: 'p1', name: 'Ann', order: 0 },
  ...{ isMuted: false, isConnected: true },
};
const sdp = [
  ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 RTP/SAVP 111'],
  ...[
    'a=crypto:1 AEAD_AES_256_GCM inline:strong',
    'a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:weak',
  ],
  '',
].join('\r\n');

function message(fields: object): RelayedMessage {
  return { client: 0, ...fields } as RelayedMessage;
}

describe('what the people asked for', () => {
  const created = message({
    ...{ kind: 'request', verb: 'createCall' },
    input: { mode: 'e2ee', topology: 'room' },
  });
  const joined = message({
    ...{ kind: 'answer', verb: 'join' },
    result: { self, mode: 'e2ee', topology: 'room', people: [] },
  });

  test('is asked for as less', () => {
    expect(makeLowerMode(created)).toEqual([
      message({
        ...{ kind: 'request', verb: 'createCall' },
        input: { mode: 'dtls', topology: 'room' },
      }),
    ]);
  });

  test('is said to be less', () => {
    expect(sayLowerMode(joined)).toMatchObject([{ result: { self, mode: 'dtls' } }]);
  });

  test('passes in all other messages', () => {
    const envelope = message({ kind: 'event', name: 'envelope', payload: { data: 'e2ee' } });
    expect(makeLowerMode(envelope)).toEqual([envelope]);
    expect(sayLowerMode(envelope)).toEqual([envelope]);
    expect(sayLowerMode(created)).toEqual([created]);
    expect(makeLowerMode(joined)).toEqual([joined]);
  });
});

describe('the lines with keys', () => {
  const offer = message({ kind: 'event', name: 'offer', payload: { from: 'p1', sdp } });
  const weakest = changeCryptoLines('offer', (lines) => lines.slice(-1));

  test('lose the better suites in an offer', () => {
    const [passed] = weakest(offer);
    const lines = JSON.stringify(passed).match(/a=crypto:[^\\]*/g);
    expect(lines).toEqual(['a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:weak']);
  });

  test('stay as they are in the other description', () => {
    const answer = message({ kind: 'event', name: 'answer', payload: { from: 'p1', sdp } });
    expect(weakest(answer)).toEqual([answer]);
  });
});
