import { describe, expect, test } from 'vitest';
import { initialCallState } from '../call/call-reducer.ts';
import type { CallState, RemotePerson } from '../call/call-state.ts';
import { announcements } from './announcements.ts';

const ana: RemotePerson = {
  id: 'anaanaanaanaanaanaanaa' as RemotePerson['id'],
  name: 'Ana',
  order: 1,
  isMuted: false,
  isConnected: true,
  keying: { kind: 'agreeing' },
  level: 0,
  isSpeaking: false,
  dropped: {},
};
const code = { emoji: [], words: [] };
const trust = { kind: 'unverified', metAtMs: undefined } as const;
const call: CallState = {
  ...initialCallState({
    mode: 'e2ee',
    topology: 'room',
    linkSecret: 'whole',
  }),
  phase: { kind: 'connected' },
  people: [ana],
};

describe('announcements', () => {
  test('says nothing when levels, speech and counters change', () => {
    const after: CallState = {
      ...call,
      selfLevel: 0.7,
      people: [{ ...ana, level: 0.9, isSpeaking: true, isMuted: true, dropped: { replay: 3 } }],
      details: { ...call.details, framesSealed: 500, roundTripMs: 80 },
    };
    expect(announcements(call, after)).toEqual([]);
  });

  test.each([
    ['joined', { ...call, people: [] }, call, ['Ana joined']],
    ['left', call, { ...call, people: [] }, ['Ana left']],
    ['muted', call, { ...call, isMuted: true }, ['Your microphone is muted']],
    ['unmuted', { ...call, isMuted: true }, call, ['Your microphone is on']],
    [
      'connection lost',
      call,
      { ...call, phase: { kind: 'reconnecting', cause: 'signaling' } },
      ['Connection lost. Reconnecting.'],
    ],
    [
      'connected again',
      { ...call, phase: { kind: 'reconnecting', cause: 'media' } },
      call,
      ['Connected again'],
    ],
    [
      'keys agreed on',
      call,
      { ...call, people: [{ ...ana, keying: { kind: 'secure', code, trust } }] },
      ['Keys agreed on with Ana'],
    ],
    [
      'a new key of a verified contact',
      call,
      { ...call, people: [{ ...ana, keying: { kind: 'held', code, trust } }] },
      ['Ana uses a new key. You do not hear each other until you accept it or hang up.'],
    ],
    [
      'no keys',
      call,
      { ...call, people: [{ ...ana, keying: { kind: 'failed', code: 'handshake-confirmation' } }] },
      ['No keys could be agreed on with Ana. You do not hear each other.'],
    ],
    [
      'the other lost the connection',
      call,
      { ...call, people: [{ ...ana, isConnected: false }] },
      ['Ana lost the connection'],
    ],
  ] satisfies [string, CallState, CallState, string[]][])('%s', (_case, before, after, spoken) => {
    expect(announcements(before, after)).toEqual(spoken);
  });

  test('puts what concerns the whole call first', () => {
    const after: CallState = { ...call, phase: { kind: 'waiting' }, people: [], isMuted: true };
    expect(announcements(call, after)).toEqual([
      'You are in the call. Nobody else is here yet.',
      'Ana left',
      'Your microphone is muted',
    ]);
  });
});
