import { participant, type Participant } from '@earshot/protocol';
import { describe, expect, it } from 'vitest';
import { initialCallState, reduceCall, type CallEvent } from './call-reducer.ts';
import type { CallState, PeerKeying } from './call-state.ts';

const ada = person('A', 0);
const bea = person('B', 1);

function person(letter: string, order: number): Participant {
  return participant.parse({
    id: letter.repeat(22),
    name: letter,
    order,
    isMuted: false,
    isConnected: true,
  });
}

function run(state: CallState, ...events: CallEvent[]): CallState {
  return events.reduce(reduceCall, state);
}

const lobby = (mode: CallState['mode'], topology: CallState['topology']): CallState =>
  initialCallState({ mode, topology, linkSecret: 'whole' });
const joining = (mode: CallState['mode'], topology: CallState['topology']): CallState =>
  run(lobby(mode, topology), { kind: 'joining', name: 'Me', isMuted: false });

const joined = (...participants: Participant[]): CallEvent => ({
  kind: 'joined',
  participants,
  isLab: false,
  atMs: 1000,
});
const media = (link: 'up' | 'down'): CallEvent => ({ kind: 'media', link });
const signaling = (link: 'up' | 'down'): CallEvent => ({ kind: 'signaling', link });
const keying = (
  { id }: Participant,
  state: Extract<CallEvent, { kind: 'keying-changed' }>['keying'],
): CallEvent => ({ kind: 'keying-changed', id, keying: state });
const code = { emoji: [], words: [] };
const secure = {
  ...{ kind: 'secure', code },
  trust: { kind: 'unverified', metAtMs: undefined },
} as const satisfies PeerKeying;
const held = { ...secure, kind: 'held' } as const;
const refused = { kind: 'failed', code: 'handshake-confirmation' } as const;

describe('lobby', () => {
  const inCall = (participants: number): CallEvent => ({ kind: 'in-call', participants });

  it('counts who is in the call, and is left by joining', () => {
    const entering = lobby('e2ee', 'room');
    expect(entering).toMatchObject({ phase: { kind: 'lobby' }, inCall: undefined });
    const entered = run(entering, inCall(2), inCall(1));
    expect(entered).toMatchObject({ phase: { kind: 'lobby' }, inCall: 1 });
    const left = run(entered, { kind: 'joining', name: 'Me', isMuted: true });
    expect(left).toMatchObject({ phase: { kind: 'connecting' }, selfName: 'Me', isMuted: true });
    expect(run(left, inCall(3))).toEqual(left);
  });

  it('stays one while the line to the server breaks, and ends for a reason', () => {
    const entered = run(lobby('e2ee', 'room'), inCall(1), signaling('down'), signaling('up'));
    expect(entered).toMatchObject({ phase: { kind: 'lobby' }, inCall: 1 });
    const ended = run(entered, { kind: 'ended', reason: 'server-stopped' });
    expect(ended.phase).toEqual({ kind: 'ended', reason: 'server-stopped' });
  });
});

describe('phase', () => {
  it('waits alone and connects with the first person that media reaches', () => {
    const alone = run(joining('dtls', 'room'), joined());
    expect(alone.phase).toEqual({ kind: 'waiting' });
    const company = run(alone, { kind: 'person-joined', participant: bea });
    expect(company.phase).toEqual({ kind: 'connecting' });
    expect(run(company, media('up')).phase).toEqual({ kind: 'connected' });
  });

  it('is not connected in e2ee before keys are agreed on', () => {
    const agreeing = run(joining('e2ee', 'direct'), joined(ada), media('up'));
    expect(agreeing.phase).toEqual({ kind: 'connecting' });
    expect(run(agreeing, keying(ada, secure)).phase).toEqual({ kind: 'connected' });
    expect(run(agreeing, keying(ada, refused)).phase).toEqual({ kind: 'connecting' });
    expect(run(agreeing, keying(ada, held)).phase).toEqual({ kind: 'connecting' });
    expect(run(agreeing, keying(ada, held), keying(ada, secure)).phase).toEqual({
      kind: 'connected',
    });
  });

  it('keeps a room going in which one pair failed', () => {
    const state = run(
      joining('e2ee', 'room'),
      joined(ada, bea),
      media('up'),
      keying(ada, refused),
      keying(bea, secure),
    );
    expect(state.phase).toEqual({ kind: 'connected' });
    expect(state.people.map(({ keying: { kind } }) => kind)).toEqual(['failed', 'secure']);
  });

  it('says what is being reconnected, the server first', () => {
    const connected = run(joining('dtls', 'direct'), joined(ada), media('up'));
    const lost = run(connected, media('down'));
    expect(lost.phase).toEqual({ kind: 'reconnecting', cause: 'media' });
    const both = run(lost, signaling('down'));
    expect(both.phase).toEqual({ kind: 'reconnecting', cause: 'signaling' });
    expect(run(both, signaling('up'), media('up')).phase).toEqual({ kind: 'connected' });
  });

  it('does not call media lost that never connected', () => {
    const state = run(joining('dtls', 'direct'), joined(ada), media('down'));
    expect(state.phase).toEqual({ kind: 'connecting' });
  });

  it('goes back to waiting when the other person of a direct call is replaced', () => {
    const state = run(
      joining('dtls', 'direct'),
      joined(ada),
      media('up'),
      { kind: 'person-left', id: ada.id },
      { kind: 'person-joined', participant: bea },
    );
    expect(state.phase).toEqual({ kind: 'connecting' });
  });

  it('ends once: nothing changes afterwards', () => {
    const ended = run(joining('dtls', 'direct'), joined(ada), { kind: 'ended', reason: 'hung-up' });
    const later = run(ended, media('up'), { kind: 'ended', reason: 'internal' });
    expect(later).toBe(ended);
    expect(later.phase).toEqual({ kind: 'ended', reason: 'hung-up' });
  });
});

describe('people', () => {
  it('are in join order, each once', () => {
    const state = run(
      joining('dtls', 'room'),
      joined(bea),
      { kind: 'person-joined', participant: ada },
      { kind: 'person-joined', participant: bea },
    );
    expect(state.people.map(({ name }) => name)).toEqual(['A', 'B']);
  });

  it('who are said to join once more stay as they are', () => {
    const before = run(joining('e2ee', 'room'), joined(ada), keying(ada, secure));
    expect(run(before, { kind: 'person-joined', participant: ada })).toEqual(before);
  });

  it('are never trusted again after a failure', () => {
    const state = run(
      joining('e2ee', 'room'),
      joined(ada),
      keying(ada, refused),
      keying(ada, secure),
    );
    expect(state.people[0]?.keying).toEqual(refused);
  });

  it('keep keys and levels when they mute', () => {
    const state = run(joining('e2ee', 'room'), joined(ada), keying(ada, secure), {
      kind: 'person-updated',
      participant: { ...ada, isMuted: true },
    });
    expect(state.people[0]).toMatchObject({ isMuted: true, keying: secure });
  });

  it('have nothing to agree on in sdes and dtls', () => {
    for (const mode of ['sdes', 'dtls'] as const) {
      expect(run(joining(mode, 'room'), joined(ada)).people[0]?.keying).toEqual({ kind: 'none' });
    }
  });
});

it('shows no own level while muted', () => {
  const measured: CallEvent = {
    kind: 'measured',
    measurement: { selfLevel: 0.5, people: new Map(), details: { packetsSent: 7 } },
  };
  const speaking = run(joining('dtls', 'room'), joined(), measured);
  expect(speaking.selfLevel).toBe(0.5);
  const muted = run(speaking, { kind: 'muted', isMuted: true });
  expect(muted.selfLevel).toBe(0);
  expect(run(muted, measured)).toMatchObject({ selfLevel: 0, details: { packetsSent: 7 } });
});
