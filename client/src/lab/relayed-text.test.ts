import { participantId } from '@earshot/protocol';
import { expect, test } from 'vitest';
import type { RelayedMessage } from './lab-event.ts';
import { cryptoLinesIn, relayedText, type Piece } from './relayed-text.ts';

const from = participantId.parse('p1AAAAAAAAAAAAAAAAAAAA');
const key = 'inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const line = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20 KDR=0`;

function message(payload: RelayedMessage['payload']): RelayedMessage {
  return {
    type: 'message',
    at: '2026-01-01T10:11:12.000Z',
    from,
    to: null,
    verb: 'offer',
    payload,
  };
}

const marksOf = (lines: readonly (readonly Piece[])[]) =>
  lines.flat().flatMap(({ text, mark }) => (mark === undefined ? [] : [[mark, text]]));

test('marks the key in a description, and nothing around it', () => {
  const sdp = `v=0\r\na=fingerprint:sha-256 AB:CD\r\nm=audio 9 RTP/SAVP 111\r\n${line}\r\n`;
  const text = relayedText(message({ from, sdp }));
  expect(text.mark).toBe('key');
  expect(marksOf(text.lines)).toEqual([
    ['fingerprint', 'a=fingerprint:sha-256 AB:CD'],
    ['key', key],
  ]);
  expect(text.lines[1]?.map((piece) => piece.text).join('')).toBe(line);
  expect(text.whole).toBe(sdp);
  expect(cryptoLinesIn(message({ from, sdp }))).toEqual([line]);
});

test('marks every key of a line with several', () => {
  const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA|2^20|1:4;inline:BBBB|2^20|2:4';
  expect(marksOf(relayedText(message({ producerId: 'p', crypto })).lines)).toEqual([
    ['key', 'inline:AAAA'],
    ['key', 'inline:BBBB'],
  ]);
});

test('marks no key where the server kept none', () => {
  const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[not retained]';
  expect(relayedText(message({ producerId: 'p', crypto })).mark).toBeUndefined();
});

test.each([
  ['handshake', 'public'],
  ['sender-key', 'sealed'],
] as const)('an envelope with a %s is %s, shortened where it is long', (kind, mark) => {
  const data = 'A'.repeat(400);
  const text = relayedText(message({ from, kind, data }));
  expect(marksOf(text.lines)).toEqual([[mark, `${'A'.repeat(180)}…`]]);
  expect([text.mark, text.whole]).toEqual([mark, data]);
});

test('shows candidates, and their end', () => {
  const shown = (candidate: unknown) => relayedText(message({ from, candidate })).lines;
  expect(shown({ candidate: 'candidate:1 1 udp 1 ::1 9 typ host' })).toEqual([
    [{ text: 'candidate:1 1 udp 1 ::1 9 typ host', mark: undefined }],
  ]);
  expect(shown(null)).toEqual([[{ text: 'no further addresses', mark: undefined }]]);
});
