import { beforeEach, describe, expect, it } from 'vitest';
import type { Contact, Encounter } from './contact.ts';
import { ContactBook, type ContactStore } from './contact-book.ts';

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
let nowMs: number;
let notKept: number;

beforeEach(() => {
  store = new MemoryStore();
  nowMs = 1000;
  notKept = 0;
});

function open(kept: ContactStore = store): Promise<ContactBook> {
  return ContactBook.open({ store: kept, nowMs: () => nowMs, onNotKept: () => notKept++ });
}

describe('a first meeting', () => {
  it('pins key, name, call and time, for the next call too', async () => {
    await (await open()).meet(ana);
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
    await later.meet({ ...ana, name: 'Ana L.', callId: 'room', topology: 'room' });
    expect(store.kept.get('laptop')).toMatchObject({
      names: ['Ana L.', 'Ana'],
      firstMetAtMs: 1000,
      lastMetAtMs: 2000,
      directCallId: 'call',
    });
  });

  it('keeps five names at most', async () => {
    const book = await open();
    for (const letter of 'abcdefgh') await book.meet({ ...ana, name: letter });
    expect(store.kept.get('laptop')?.names).toEqual(['h', 'g', 'f', 'e', 'd']);
  });
});

describe('a verified contact', () => {
  beforeEach(async () => {
    await (await open()).verify(ana);
    nowMs = 2000;
  });

  it('stays verified by key', async () => {
    const book = await open();
    expect(book.trustIn(ana)).toEqual({ kind: 'verified', verifiedAtMs: 1000, knownAs: 'Ana' });
    await book.meet(ana);
    expect(store.kept.get('laptop')?.verifiedAtMs).toBe(1000);
  });

  it('with another key is changed until accepted, which verifies nothing', async () => {
    const book = await open();
    expect(book.trustIn(anasPhone).kind).toBe('changed');
    await book.accept(anasPhone);
    const expected = { kind: 'unverified', metAtMs: 2000 };
    expect(book.trustIn(anasPhone)).toEqual(expected);
    expect((await open()).trustIn(anasPhone)).toEqual(expected);
    expect((await open()).trustIn(ana).kind).toBe('verified');
  });

  it('can have a second verified key', async () => {
    const book = await open();
    await book.verify(anasPhone);
    expect(book.trustIn(anasPhone).kind).toBe('verified');
    expect(book.trustIn(ana).kind).toBe('verified');
  });
});

it('does not undo what another tab has kept since', async () => {
  const first = await open();
  await first.meet(ana);
  const second = await open();
  await first.verify(ana);
  nowMs = 3000;
  await second.meet(ana);
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
  void book.verify(ana);
  void book.meet(anasPhone);
  let isSettled = false;
  const settled = book.settled().then(() => (isSettled = true));
  await open(slow);
  expect([isSettled, store.kept.size]).toEqual([false, 0]);
  asked.resolve(undefined);
  await settled;
  expect([...store.kept.keys()]).toEqual(['laptop', 'phone']);
  store.isFull = true;
  void book.accept(anasPhone);
  await book.settled();
  expect(notKept).toBe(1);
});

describe('where nothing can be kept', () => {
  it('remembers for as long as it lives, with a store that keeps nothing', async () => {
    const book = await ContactBook.open({
      store: { all: () => Promise.resolve([]), change: () => Promise.resolve() },
      nowMs: () => nowMs,
      onNotKept: () => notKept++,
    });
    await book.verify(ana);
    expect(book.trustIn(ana).kind).toBe('verified');
    expect(book.trustIn(anasPhone).kind).toBe('changed');
  });

  it('says so when the store refuses, and goes on', async () => {
    store.isFull = true;
    const book = await open();
    await book.meet(ana);
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
