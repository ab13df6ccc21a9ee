import { beforeEach, describe, expect, it } from 'vitest';
import { ManualScheduler } from '../../../keying/test/members.ts';
import type { Contact, Encounter } from './contact.ts';
import { ContactBook, keepMeetingAfterMs, type ContactStore } from './contact-book.ts';

/** What a browser's storage does, in memory. `isFull`: it refuses every change. */
class MemoryStore implements ContactStore {
  readonly kept = new Map<string, Contact>();
  isFull = false;

  all(): Promise<readonly Contact[]> {
    return Promise.resolve([...this.kept.values()]);
  }

  change(key: string, change: (kept: Contact | undefined) => Contact): Promise<void> {
    if (this.isFull) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.kept.set(key, change(this.kept.get(key)));
    return Promise.resolve();
  }
}

const ana: Encounter = { key: 'laptop', name: 'Ana', callId: 'call', topology: 'direct' };
const anasPhone: Encounter = { ...ana, key: 'phone', callId: 'other-call' };

let store: MemoryStore;
let scheduler: ManualScheduler;
let nowMs: number;
let notKept: number;

beforeEach(() => {
  store = new MemoryStore();
  scheduler = new ManualScheduler();
  nowMs = 1000;
  notKept = 0;
});

function open(kept: ContactStore = store): Promise<ContactBook> {
  return ContactBook.open({
    ...{ store: kept, scheduler },
    nowMs: () => nowMs,
    onNotKept: () => notKept++,
  });
}

describe('a first meeting', () => {
  it('pins key, name, call and time, for the next call too', async () => {
    const book = await open();
    book.meet(ana);
    await book.settled();
    expect([...store.kept.values()]).toEqual([
      {
        key: 'laptop',
        names: ['Ana'],
        firstMetAtMs: 1000,
        lastMetAtMs: 1000,
        verifiedAtMs: undefined,
        acceptedBeside: [],
        directCallId: 'call',
      },
    ]);
    nowMs = 2000;
    const later = await open();
    expect(later.trustIn(ana)).toEqual({ kind: 'unverified', metAtMs: 1000 });
    later.meet({ ...ana, name: 'Ana L.', callId: 'room', topology: 'room' });
    await later.settled();
    expect(store.kept.get('laptop')).toMatchObject({
      names: ['Ana L.', 'Ana'],
      firstMetAtMs: 1000,
      lastMetAtMs: 2000,
      directCallId: 'call',
    });
  });

  it('keeps five names at most', async () => {
    const book = await open();
    for (const letter of 'abcdefgh') book.meet({ ...ana, name: letter });
    await book.settled();
    expect(store.kept.get('laptop')?.names).toEqual(['h', 'g', 'f', 'e', 'd']);
  });
});

describe('a verified contact', () => {
  beforeEach(async () => {
    const book = await open();
    book.verify(ana);
    await book.settled();
    nowMs = 2000;
  });

  it('stays verified by key', async () => {
    const book = await open();
    expect(book.trustIn(ana)).toEqual({ kind: 'verified', verifiedAtMs: 1000, knownAs: 'Ana' });
    book.meet(ana);
    await book.settled();
    expect(store.kept.get('laptop')?.verifiedAtMs).toBe(1000);
  });

  it('with another key is changed until accepted, which verifies nothing', async () => {
    const book = await open();
    expect(book.trustIn(anasPhone).kind).toBe('changed');
    book.accept(anasPhone);
    const expected = { kind: 'unverified', metAtMs: 2000 };
    expect(book.trustIn(anasPhone)).toEqual(expected);
    expect((await open()).trustIn(anasPhone)).toEqual(expected);
    expect((await open()).trustIn(ana).kind).toBe('verified');
  });

  it('can have a second verified key', async () => {
    const book = await open();
    book.verify(anasPhone);
    expect(book.trustIn(anasPhone).kind).toBe('verified');
    expect(book.trustIn(ana).kind).toBe('verified');
  });
});

describe('a meeting', () => {
  it('counts at once and is kept a moment later, once', async () => {
    const book = await open();
    book.meet(ana);
    scheduler.advance(keepMeetingAfterMs - 1);
    expect([book.trustIn(ana), store.kept.size]).toEqual([
      { kind: 'unverified', metAtMs: 1000 },
      0,
    ]);
    book.meet({ ...ana, name: 'Ana L.' });
    scheduler.advance(1);
    await book.settled();
    expect(store.kept.get('laptop')?.names).toEqual(['Ana L.', 'Ana']);
    store.kept.clear();
    scheduler.advance(10 * keepMeetingAfterMs);
    await book.settled();
    expect([store.kept.size, scheduler.pending]).toEqual([0, 0]);
    book.meet(anasPhone);
    scheduler.advance(keepMeetingAfterMs);
    expect([...store.kept.keys()]).toEqual(['phone']);
  });

  it('is kept with what the person says of it, in that order', async () => {
    const book = await open();
    book.meet(ana);
    nowMs = 2000;
    book.verify({ ...ana, name: 'Ana L.' });
    expect(store.kept.get('laptop')).toMatchObject({
      names: ['Ana L.', 'Ana'],
      firstMetAtMs: 1000,
      verifiedAtMs: 2000,
    });
    expect(scheduler.pending).toBe(0);
  });
});

it('does not undo what another tab has kept since', async () => {
  const first = await open();
  first.meet(ana);
  await first.settled();
  const second = await open();
  first.verify(ana);
  await first.settled();
  nowMs = 3000;
  second.meet(ana);
  await second.settled();
  expect(store.kept.get('laptop')).toMatchObject({ verifiedAtMs: 1000, lastMetAtMs: 3000 });
});

it('says when what was changed is kept, however long the store takes, or was refused', async () => {
  const asked = Promise.withResolvers<undefined>();
  const slow: ContactStore = {
    all: () => store.all(),
    change: async (key, change) => {
      await asked.promise;
      await store.change(key, change);
    },
  };
  const book = await open(slow);
  book.verify(ana);
  book.meet(anasPhone);
  let isSettled = false;
  const settled = book.settled().then(() => (isSettled = true));
  await open(slow);
  expect([isSettled, store.kept.size]).toEqual([false, 0]);
  asked.resolve(undefined);
  await settled;
  expect([...store.kept.keys()]).toEqual(['laptop', 'phone']);
  store.isFull = true;
  book.accept(anasPhone);
  await book.settled();
  expect(notKept).toBe(1);
});

describe('where nothing can be kept', () => {
  it('remembers for as long as it lives, with a store that keeps nothing', async () => {
    const book = await ContactBook.open({
      store: { all: () => Promise.resolve([]), change: () => Promise.resolve() },
      scheduler,
      nowMs: () => nowMs,
      onNotKept: () => notKept++,
    });
    book.verify(ana);
    expect(book.trustIn(ana).kind).toBe('verified');
    expect(book.trustIn(anasPhone).kind).toBe('changed');
  });

  it('says so when the store refuses, and goes on', async () => {
    store.isFull = true;
    const book = await open();
    book.meet(ana);
    await book.settled();
    expect(notKept).toBe(1);
    expect(book.trustIn(ana)).toEqual({ kind: 'unverified', metAtMs: 1000 });
  });

  it('says so when what is kept cannot be read', async () => {
    const broken: ContactStore = {
      all: () => Promise.reject(new DOMException('broken', 'UnknownError')),
      change: () => Promise.resolve(),
    };
    const book = await open(broken);
    expect(notKept).toBe(1);
    expect(book.trustIn(ana).kind).toBe('unverified');
  });
});
