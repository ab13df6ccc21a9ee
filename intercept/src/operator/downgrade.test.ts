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
  const entered = message({
    ...{ kind: 'answer', verb: 'enterLobby' },
    result: { self: { id: 'p1', order: 0 }, mode: 'e2ee', topology: 'room', peers: [] },
  });
  const joined = message({
    ...{ kind: 'answer', verb: 'join' },
    result: { self, mode: 'e2ee', topology: 'room', participants: [] },
  });

  test('is asked for as less', () => {
    expect(makeLowerMode(created)).toEqual([
      message({
        ...{ kind: 'request', verb: 'createCall' },
        input: { mode: 'dtls', topology: 'room' },
      }),
    ]);
  });

  test.each(['enterLobby', 'join'] as const)('is asked for as less by %s', (verb) => {
    const asked = (mode: string) =>
      message({ kind: 'request', verb, input: { callId: 'c1', mode, topology: 'room' } });
    expect(makeLowerMode(asked('e2ee'))).toEqual([asked('dtls')]);
  });

  test('is said to be less, in the lobby or in the call', () => {
    expect(sayLowerMode('join')(joined)).toMatchObject([{ result: { self, mode: 'dtls' } }]);
    expect(sayLowerMode('join')(entered)).toEqual([entered]);
    expect(sayLowerMode('enterLobby')(entered)).toMatchObject([{ result: { mode: 'dtls' } }]);
    expect(sayLowerMode('enterLobby')(joined)).toEqual([joined]);
  });

  test('passes in all other messages', () => {
    const envelope = message({ kind: 'event', name: 'envelope', payload: { data: 'e2ee' } });
    expect(makeLowerMode(envelope)).toEqual([envelope]);
    expect(sayLowerMode('join')(envelope)).toEqual([envelope]);
    expect(sayLowerMode('enterLobby')(created)).toEqual([created]);
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
