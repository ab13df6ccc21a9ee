/** The contacts during a call: read once, judged from memory, every change written through. */
import { afterEncounter, type Contact, type Encounter } from './contact.ts';
import { rivalsOf, trustIn, type Trust } from './trust.ts';

/** Where contacts outlive the page. */
export interface ContactStore {
  all(): Promise<readonly Contact[]>;
  /** Replaces what is kept under the key by what `change` makes of it, at once. */
  change(key: string, change: (kept: Contact | undefined) => Contact): Promise<void>;
}

export interface ContactBookOptions {
  readonly store: ContactStore;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Something could not be kept. */
  readonly onNotKept: () => void;
}

export class ContactBook {
  readonly #options: ContactBookOptions;
  readonly #contacts = new Map<string, Contact>();
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

  /** Pins the key, or notes that it was met again. */
  async meet(encounter: Encounter): Promise<void> {
    const atMs = this.#options.nowMs();
    await this.#change(encounter.key, (kept) => afterEncounter(kept, encounter, atMs));
  }

  /** The person takes this key beside those of the contacts that it seemed to replace. Verifies nothing. */
  async accept(encounter: Encounter): Promise<void> {
    const atMs = this.#options.nowMs();
    const rivals = rivalsOf([...this.#contacts.values()], encounter).map(({ key }) => key);
    await this.#change(encounter.key, (kept) => {
      const contact = afterEncounter(kept, encounter, atMs);
      return { ...contact, acceptedBeside: [...new Set([...contact.acceptedBeside, ...rivals])] };
    });
  }

  /** The safety code with this key's holder was compared and matches. */
  async verify(encounter: Encounter): Promise<void> {
    const atMs = this.#options.nowMs();
    await this.#change(encounter.key, (kept) => ({
      ...afterEncounter(kept, encounter, atMs),
      verifiedAtMs: atMs,
    }));
  }

  /** Resolves when every change so far is kept, or was refused. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #change(key: string, change: (kept: Contact | undefined) => Contact): Promise<void> {
    // In memory first, at once: what is judged next must know of it.
    this.#contacts.set(key, change(this.#contacts.get(key)));
    const keeping = this.#keep(key, change).finally(() => this.#pending.delete(keeping));
    this.#pending.add(keeping);
    return keeping;
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
