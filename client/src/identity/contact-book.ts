/** The contacts during a call: read once, judged from memory, every change kept. */
import type { Scheduler } from '@earshot/keying/session';
import { afterEncounter, type Contact, type Encounter } from './contact.ts';
import { rivalsOf, trustIn, type Trust } from './trust.ts';

/** Where contacts outlive the page. */
export interface ContactStore {
  all(): Promise<readonly Contact[]>;
  /** Replaces what is kept under the key by what `change` makes of it, at once. */
  change(key: string, change: (kept: Contact | undefined) => Contact): Promise<void>;
}

/**
 * How long a meeting waits to be kept. Writing takes a browser as much work as agreeing on keys, and until then those
 * who met set up what they hear each other by.
 */
export const keepMeetingAfterMs = 1000;

export interface ContactBookOptions {
  readonly store: ContactStore;
  readonly scheduler: Scheduler;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Something could not be kept. */
  readonly onNotKept: () => void;
}

export class ContactBook {
  readonly #options: ContactBookOptions;
  readonly #contacts = new Map<string, Contact>();
  /** Changes that wait to be kept, in their order. */
  readonly #waiting: (() => void)[] = [];
  #cancelWait: (() => void) | undefined;
  /** Changes on their way to the store. */
  readonly #pending = new Set<Promise<void>>();

  /** Reads what is kept; where that fails, begins empty. */
  static async open(options: ContactBookOptions): Promise<ContactBook> {
    const book = new ContactBook(options);
    try {
      for (const contact of await options.store.all()) {
        book.#contacts.set(contact.key, contact);
      }
    } catch {
      options.onNotKept();
    }
    return book;
  }

  private constructor(options: ContactBookOptions) {
    this.#options = options;
  }

  trustIn(encounter: Encounter): Trust {
    return trustIn([...this.#contacts.values()], encounter);
  }

  /** Pins the key, or notes that it was met again. Kept after `keepMeetingAfterMs`. */
  meet(encounter: Encounter): void {
    const atMs = this.#options.nowMs();
    this.#change(encounter.key, (kept) => afterEncounter(kept, encounter, atMs));
    this.#cancelWait ??= this.#options.scheduler.after(keepMeetingAfterMs, () => {
      this.#keepWaiting();
    });
  }

  /** The person takes this key beside those of the contacts that it seemed to replace. Verifies nothing. */
  accept(encounter: Encounter): void {
    const atMs = this.#options.nowMs();
    const rivals = rivalsOf([...this.#contacts.values()], encounter).map(({ key }) => key);
    this.#change(encounter.key, (kept) => {
      const contact = afterEncounter(kept, encounter, atMs);
      return { ...contact, acceptedBeside: [...new Set([...contact.acceptedBeside, ...rivals])] };
    });
    this.#keepWaiting();
  }

  /** The safety code with this key's holder was compared and matches. */
  verify(encounter: Encounter): void {
    const atMs = this.#options.nowMs();
    this.#change(encounter.key, (kept) => ({
      ...afterEncounter(kept, encounter, atMs),
      verifiedAtMs: atMs,
    }));
    this.#keepWaiting();
  }

  /** Keeps what waits to be kept. Resolves when every change so far is kept, or was refused. */
  async settled(): Promise<void> {
    this.#keepWaiting();
    await Promise.all(this.#pending);
  }

  /** In memory at once: what is judged next must know of it. */
  #change(key: string, change: (kept: Contact | undefined) => Contact): void {
    this.#contacts.set(key, change(this.#contacts.get(key)));
    this.#waiting.push(() => {
      const keeping = this.#keep(key, change).finally(() => this.#pending.delete(keeping));
      this.#pending.add(keeping);
    });
  }

  #keepWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    for (const keep of this.#waiting.splice(0)) keep();
  }

  async #keep(key: string, change: (kept: Contact | undefined) => Contact): Promise<void> {
    try {
      // Over what is kept and not over what was read: another tab may have changed it since.
      await this.#options.store.change(key, change);
    } catch {
      this.#options.onNotKept();
    }
  }
}
