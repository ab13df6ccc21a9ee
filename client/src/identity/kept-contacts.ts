/** Contacts in this browser's storage: what a call reads and writes, and what the contacts page shows. */
import type { Contact } from './contact.ts';
import type { ContactStore } from './contact-book.ts';
import { withIdentityDatabase } from './identity-database.ts';

/** Empty, and without memory, where the browser keeps no storage for this site: `DeviceKey.isKept` says so. */
export const contactStore: ContactStore = {
  all: async () => (await listContacts()) ?? [],
  change: async (key, change) => {
    await withIdentityDatabase(async (database) => {
      const transaction = database.transaction('contacts', 'readwrite');
      await transaction.store.put(change(await transaction.store.get(key)));
      await transaction.done;
    });
  },
};

/** Latest met first; undefined where the browser keeps no storage for this site. */
export async function listContacts(): Promise<readonly Contact[] | undefined> {
  const contacts = await withIdentityDatabase((database) => database.getAll('contacts'));
  return contacts?.toSorted((a, b) => b.lastMetAtMs - a.lastMetAtMs);
}

/** Forgets a key: whoever has it is met for the first time again. */
export async function removeContact(key: string): Promise<void> {
  await withIdentityDatabase((database) => database.delete('contacts', key));
}
