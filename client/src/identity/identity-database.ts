/** What identity keeps in this browser: the device's key and the contacts, in IndexedDB. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Contact } from './contact.ts';

const databaseName = 'earshot-identity';
const databaseVersion = 1;

/**
 * - `browser`: WebCrypto holds the private key and signs; no script can read it.
 * - `page`: for engines whose WebCrypto lacks Ed25519 (RFC 8032): the seed is kept, 32 bytes, which
 *   whoever can run a script on this site could read.
 */
export type KeptKey =
  | { readonly custody: 'browser'; readonly pair: CryptoKeyPair; readonly madeAtMs: number }
  | {
      readonly custody: 'page';
      readonly seed: Uint8Array<ArrayBuffer>;
      readonly madeAtMs: number;
    };

export interface IdentitySchema extends DBSchema {
  /** One record, under `deviceKeyName`. */
  'device-keys': { key: string; value: KeptKey };
  contacts: { key: string; value: Contact };
}

export const deviceKeyName = 'this-device';

/** Undefined where the browser keeps no storage for this site, as in some private windows. */
export async function openIdentityDatabase(): Promise<IDBPDatabase<IdentitySchema> | undefined> {
  try {
    return await openDB<IdentitySchema>(databaseName, databaseVersion, {
      upgrade(database) {
        database.createObjectStore('device-keys');
        database.createObjectStore('contacts', { keyPath: 'key' });
      },
    });
  } catch {
    return undefined;
  }
}

/**
 * Opens the database for one piece of work. Undefined if there is none to open.
 * @throws DOMException what the work throws, for example `QuotaExceededError`
 */
export async function withIdentityDatabase<T>(
  work: (database: IDBPDatabase<IdentitySchema>) => Promise<T>,
): Promise<T | undefined> {
  const database = await openIdentityDatabase();
  if (database === undefined) return undefined;
  try {
    return await work(database);
  } finally {
    database.close();
  }
}
