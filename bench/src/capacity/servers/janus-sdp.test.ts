import { expect, it } from 'vitest';
import { answerForAll, firstSectionOf } from './janus-sdp.ts';

const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('');
const head = (bundle: string): string =>
  lines(
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundle}`,
    'a=ice-lite',
  );
const section = (mid: string, direction: string): string =>
  lines('m=audio 9 UDP/TLS/RTP/SAVPF 111', `a=mid:${mid}`, `a=${direction}`, 'a=rtcp-mux');

const offer = head('a1 a2 a3') + ['a1', 'a2', 'a3'].map((mid) => section(mid, 'sendonly')).join('');

it('an offer of three streams is shown as one of one', () => {
  expect(firstSectionOf(offer)).toBe(head('a1') + section('a1', 'sendonly'));
});

it('the answer to one is given for all three', () => {
  const answer = head('a1') + section('a1', 'recvonly');
  expect(answerForAll(answer, offer)).toBe(
    head('a1 a2 a3') + ['a1', 'a2', 'a3'].map((mid) => section(mid, 'recvonly')).join(''),
  );
});

it('a description without media is refused', () => {
  expect(() => firstSectionOf(head(''))).toThrow(RangeError);
  expect(() => answerForAll(head(''), offer)).toThrow(RangeError);
  const unnamed = head('') + lines('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=sendonly');
  expect(() => firstSectionOf(unnamed)).toThrow(RangeError);
});
