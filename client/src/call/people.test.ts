import type { KeyingMode } from '@earshot/keying/mode';
import { participant, type Participant } from '@earshot/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initialCallState } from './call-reducer.ts';
import { CallStore } from './call-store.ts';
import { People } from './people.ts';

const ada = person('A', 0);
const bea = person('B', 1);

let store: CallStore;
/** What the worker is told, in order. */
let told: string[];
/** Resolved when what connects with them is out. */
let connecting: PromiseWithResolvers<void>;

function person(letter: string, order: number): Participant {
  const id = letter.repeat(22);
  return participant.parse({ id, name: letter, order, isMuted: false, isConnected: true });
}

function peopleOf(mode: KeyingMode): People {
  const topology = 'room';
  store = new CallStore(initialCallState({ mode, topology, linkSecret: 'whole' }));
  return new People({
    ...{ invite: { mode, topology }, store },
    media: () => ({ addPerson: () => connecting.promise, removePerson: () => undefined }),
    audio: { play: () => undefined, stop: () => undefined },
    keys: {
      addPeer: ({ id }) => told.push(`add ${id.charAt(0)}`),
      meetPeer: ({ id }) => told.push(`meet ${id.charAt(0)}`),
      removePeer: (id) => told.push(`remove ${id.charAt(0)}`),
      receive: (from) => told.push(`envelope of ${from.charAt(0)}`),
    },
  });
}

function join(...participants: Participant[]): void {
  store.dispatch({ kind: 'joining', name: 'Me', isMuted: false });
  store.dispatch({ kind: 'joined', participants, isLab: false, atMs: 0 });
}

beforeEach(() => {
  told = [];
  connecting = Promise.withResolvers();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('in the lobby', () => {
  it('keys are begun with everybody in the call, who are counted as they come and go', () => {
    const people = peopleOf('e2ee');
    people.enter([]);
    expect(store.state.inCall).toBe(0);
    people.arrived(ada);
    people.arrived(bea);
    people.arrived(bea);
    expect(store.state.inCall).toBe(2);
    people.gone(ada.id);
    expect(store.state.inCall).toBe(1);
    expect(told).toEqual(['add A', 'add B', 'remove A']);
    expect(people.addressOf(ada.id)).toBeUndefined();
    expect(people.addressOf(bea.id)).toBe(bea.id);
  });

  it('there are only numbers in a mode without keys between people', () => {
    const people = peopleOf('dtls');
    people.enter([ada, bea]);
    expect(store.state.inCall).toBe(2);
    expect(told).toEqual([]);
  });

  it('nobody is waited for: a deadline begins when both are in the call', () => {
    const people = peopleOf('e2ee');
    people.enter([ada]);
    vi.advanceTimersByTime(60_000);
    join(ada);
    people.meet(ada);
    expect(store.person(ada.id)?.keying).toEqual({ kind: 'agreeing' });
    vi.advanceTimersByTime(15_000);
    expect(store.person(ada.id)?.keying).toEqual({ kind: 'failed', code: 'handshake-timeout' });
  });
});

describe('people who come near and are never met', () => {
  const letters = Array.from({ length: 24 }, (_, i) => String.fromCharCode(67 + i));
  const crowd = letters.map((letter, i) => person(letter, i + 2));

  it('are agreed with unseen up to a bound, whether they stay or go; then when they are met', () => {
    const people = peopleOf('e2ee');
    join();
    for (const one of crowd) {
      people.arrived(one);
      people.gone(one.id);
    }
    expect(told.filter((line) => line.startsWith('add'))).toHaveLength(16);
    people.arrived(ada);
    expect(told).not.toContain('add A');
    people.meet(ada);
    expect(told.at(-1)).toBe('meet A');
  });

  it('whoever is met was in sight, and does not count', () => {
    const people = peopleOf('e2ee');
    join();
    for (const one of crowd) {
      people.arrived(one);
      store.dispatch({ kind: 'person-joined', participant: one });
      people.meet(one);
    }
    expect(told.filter((line) => line.startsWith('add'))).toHaveLength(crowd.length);
  });

  it('are not all kept, should a server announce people without end', () => {
    const people = peopleOf('e2ee');
    const ids = Array.from({ length: 1000 }, (_, i) => String(i).padStart(22, '0'));
    for (const id of ids) people.arrived(participant.parse({ ...ada, id }));
    expect(store.state.inCall).toBe(256);
  });
});

describe('in the call', () => {
  it('somebody who comes without the lobby is met at once', () => {
    const people = peopleOf('e2ee');
    join();
    store.dispatch({ kind: 'person-joined', participant: ada });
    people.meet(ada);
    expect(told).toEqual(['meet A']);
  });

  it('somebody agreed with in the lobby is met when what connects the two is out', async () => {
    const people = peopleOf('e2ee');
    people.enter([ada]);
    join(ada);
    people.meet(ada);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(['add A']);
    connecting.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(['add A', 'meet A']);
  });

  it('who left before that is not met any more', async () => {
    const people = peopleOf('e2ee');
    people.enter([ada]);
    join(ada);
    people.meet(ada);
    people.left(ada.id);
    connecting.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(['add A', 'remove A']);
  });

  it('what is said of somebody in the lobby changes nobody in the call', async () => {
    const people = peopleOf('e2ee');
    people.enter([ada]);
    join(ada);
    connecting.resolve();
    people.meet(ada);
    await vi.advanceTimersByTimeAsync(0);
    people.arrived(bea);
    people.receiveEnvelope({ from: bea.id, kind: 'handshake', data: 'AAEC' });
    people.setKeying(bea.id, { kind: 'failed', code: 'handshake-refused' });
    expect(store.state.people.map(({ name }) => name)).toEqual(['A']);
    people.gone(bea.id);
    // Who is in the call leaves it by another event.
    people.gone(ada.id);
    expect(told).toEqual(['add A', 'meet A', 'add B', 'envelope of B', 'remove B']);
  });
});
