import { describe, expect, test } from 'vitest';
import { initialCallState } from '../call/call-reducer.ts';
import type { CallState, RemotePerson } from '../call/call-state.ts';
import {
  callTitle,
  formatCodec,
  formatCount,
  formatDuration,
  formatMilliseconds,
  formatPeople,
  initials,
} from './format.ts';

describe('formatDuration', () => {
  test.each([
    [0, '0:00'],
    [7_999, '0:07'],
    [754_000, '12:34'],
    [3_599_999, '59:59'],
    [3_600_000, '1:00:00'],
    [3_723_000, '1:02:03'],
    [-5_000, '0:00'],
  ])('%i ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('formatMilliseconds', () => {
  test.each([
    [undefined, 'not measured yet'],
    [0, 'under 1 ms'],
    [0.9, 'under 1 ms'],
    [1, '1 ms'],
    [38.4, '38 ms'],
    [1204, '1,204 ms'],
  ])('%s is %s', (valueMs, text) => {
    expect(formatMilliseconds(valueMs)).toBe(text);
  });
});

test('formatCount groups thousands', () => {
  expect(formatCount(12_345)).toBe('12,345');
});

test('formatPeople counts one apart', () => {
  expect([0, 1, 2].map(formatPeople)).toEqual(['0 people', '1 person', '2 people']);
});

describe('formatCodec', () => {
  test.each([
    [undefined, 'not measured yet'],
    ['opus/48000/2', 'Opus, 48 kHz'],
    ['audio/opus/48000/2', 'Opus, 48 kHz'],
    ['L16/44100/2', 'L16, 44.1 kHz, stereo'],
    ['PCMU/8000', 'PCMU, 8 kHz, mono'],
    ['L16/44100/6', 'L16, 44.1 kHz, 6 channels'],
    ['something else', 'something else'],
  ])('%s is %s', (codec, text) => {
    expect(formatCodec(codec)).toBe(text);
  });
});

describe('initials', () => {
  test.each([
    ['Ana Lima', 'AL'],
    ['ana', 'A'],
    ['  Ana   Maria  de Lima ', 'AL'],
    ['émile', 'É'],
    ['👩‍🚀 Fox', '👩‍🚀F'],
    ['', '?'],
    ['   ', '?'],
  ])('of "%s" are %s', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

describe('callTitle', () => {
  const begun = initialCallState({
    mode: 'e2ee',
    topology: 'room',
    linkSecret: 'whole',
  });
  const inCall = (names: readonly string[], isMuted = false): CallState => ({
    ...begun,
    isMuted,
    phase: { kind: 'connected' },
    people: names.map((name, order) => person(name, order)),
  });

  test.each([
    ['connecting', { ...begun, phase: { kind: 'connecting' } }, 'Connecting'],
    ['waiting', { ...begun, phase: { kind: 'waiting' } }, 'Waiting for others'],
    ['with one', inCall(['Ana']), 'Call with Ana'],
    ['with three', inCall(['Ana', 'Bo', 'Di']), 'Call with Ana and 2 more'],
    ['muted', inCall(['Ana'], true), 'Muted: Call with Ana'],
    [
      'reconnecting',
      { ...inCall(['Ana'], true), phase: { kind: 'reconnecting', cause: 'media' } },
      'Reconnecting',
    ],
    ['ended', { ...begun, phase: { kind: 'ended', reason: 'hung-up' } }, 'Call ended'],
  ] satisfies [string, CallState, string][])('%s', (_case, state, title) => {
    expect(callTitle(state)).toBe(title);
  });
});

function person(name: string, order: number): RemotePerson {
  return {
    id: `person-${order}`.padEnd(22, '0') as RemotePerson['id'],
    name,
    order,
    isMuted: false,
    isConnected: true,
    keying: { kind: 'agreeing' },
    level: 0,
    isSpeaking: false,
    dropped: {},
  };
}
