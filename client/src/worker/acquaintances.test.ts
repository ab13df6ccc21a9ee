/** With a real book and the states that a session reports; the session itself is keying's. */
import type { PeerKeyState } from '@earshot/keying/session';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualScheduler } from '../../../keying/test/members.ts';
import type { PeerKeying } from '../call/call-state.ts';
import type { Contact } from '../identity/contact.ts';
import { ContactBook, keepMeetingAfterMs } from '../identity/contact-book.ts';
import { Acquaintances } from './acquaintances.ts';

const peerId = 'peer';
const identity = new Uint8Array(32).fill(1);
const anotherIdentity = new Uint8Array(32).fill(2);
const sas = { emoji: [], words: [] };
const heldAs = (key: Uint8Array): PeerKeyState => ({ kind: 'held', sas, identity: key });
const secureAs = (key: Uint8Array): PeerKeyState => ({ kind: 'secure', sas, identity: key });

let kept: Map<string, Contact>;
let scheduler: ManualScheduler;
let told: PeerKeying[];

async function acquaintances(): Promise<Acquaintances> {
  const book = await ContactBook.open({
    store: {
      all: () => Promise.resolve([...kept.values()]),
      change: (key, change) => {
        kept.set(key, change(kept.get(key)));
        return Promise.resolve();
      },
    },
    scheduler,
    nowMs: () => 1,
    onNotKept: () => undefined,
  });
  return new Acquaintances({
    ...{ book, callId: 'call', topology: 'direct' },
    onKeying: (_, keying) => told.push(keying),
  });
}

beforeEach(() => {
  kept = new Map();
  scheduler = new ManualScheduler();
  told = [];
});

/** Agreed on in the lobby, then met under a name. */
async function meetInLobby(name: string, key = identity): Promise<Acquaintances> {
  const others = await acquaintances();
  others.note(peerId, { kind: 'agreeing' });
  expect(others.meet(peerId, key)).toBe('hold');
  others.note(peerId, heldAs(key));
  expect([told, kept.size, scheduler.pending], 'before they are met').toEqual([[], 0, 0]);
  if (others.introduce(peerId, name) === 'admit') others.note(peerId, secureAs(key));
  return others;
}

describe('keys agreed on before both are in the call', () => {
  it('are held, and nobody is told or remembered; then they are judged by name and key', async () => {
    await meetInLobby('bob');
    expect(told).toMatchObject([{ kind: 'secure', trust: { kind: 'unverified' } }]);
    scheduler.advance(keepMeetingAfterMs);
    expect([...kept.values()]).toMatchObject([{ names: ['bob'] }]);
  });

  it("stay held if they are a verified contact's new ones, until they are accepted", async () => {
    (await meetInLobby('bob')).verify(peerId);
    told = [];
    const others = await acquaintances();
    others.note(peerId, heldAs(anotherIdentity));
    expect(others.introduce(peerId, 'bob')).toBe('hold');
    expect(told).toMatchObject([{ kind: 'held', trust: { kind: 'changed' } }]);
    expect(others.accept(peerId)).toBe(true);
    expect(kept.size).toBe(2);
  });

  it('cannot be accepted or verified, and so not be admitted, before both are there', async () => {
    const others = await acquaintances();
    others.note(peerId, heldAs(anotherIdentity));
    expect([others.accept(peerId), others.verify(peerId)]).toEqual([false, false]);
    expect(kept.size).toBe(0);
  });

  it('are judged once: another name later admits nobody', async () => {
    (await meetInLobby('bob')).verify(peerId);
    const others = await acquaintances();
    others.note(peerId, heldAs(anotherIdentity));
    expect(others.introduce(peerId, 'bob')).toBe('hold');
    expect(others.introduce(peerId, 'zoe')).toBe('hold');
  });

  it('are told of as failed when both are there, if they failed before', async () => {
    const others = await acquaintances();
    others.note(peerId, { kind: 'failed', code: 'handshake-refused' });
    expect(told).toEqual([]);
    expect(others.introduce(peerId, 'bob')).toBe('hold');
    expect(told).toEqual([{ kind: 'failed', code: 'handshake-refused' }]);
  });

  it('are forgotten with who goes without joining', async () => {
    const others = await acquaintances();
    others.note(peerId, heldAs(identity));
    others.forget(peerId);
    expect(others.introduce(peerId, 'bob')).toBe('hold');
    expect([told, kept.size, scheduler.pending]).toEqual([[], 0, 0]);
  });
});

describe('keys agreed on in the call', () => {
  it('are judged when the handshake is confirmed', async () => {
    const others = await acquaintances();
    others.note(peerId, { kind: 'agreeing' });
    expect(others.introduce(peerId, 'bob')).toBe('hold');
    expect(told).toEqual([{ kind: 'agreeing' }]);
    expect(others.meet(peerId, identity)).toBe('admit');
    others.note(peerId, secureAs(identity));
    expect(told.at(-1)).toMatchObject({ kind: 'secure', trust: { kind: 'unverified' } });
  });

  it('are told of again when the safety code was compared', async () => {
    const others = await meetInLobby('bob');
    others.verify(peerId);
    expect(told.map((keying) => ('trust' in keying ? keying.trust.kind : ''))).toEqual([
      'unverified',
      'verified',
    ]);
  });
});
