/**
 * This device's Ed25519 key (RFC 8032), made once and kept in IndexedDB. Not extractable: the
 * database holds a handle that signs, not the key's bytes.
 */
import type { Identity } from '@earshot/keying/session';
import { openDB, type DBSchema } from 'idb';

const databaseName = 'earshot';
const databaseVersion = 1;
const deviceKeyName = 'device';

interface StoredIdentity {
  readonly pair: CryptoKeyPair;
}

interface IdentityDatabase extends DBSchema {
  identities: { key: string; value: StoredIdentity };
}

/**
 * @throws DOMException `NotSupportedError` where WebCrypto has no Ed25519.
 */
export async function deviceIdentity(): Promise<Identity> {
  const pair = await keptPair();
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message.slice())),
  };
}

/** Without a database (private windows of some browsers) the key lives as long as the call. */
async function keptPair(): Promise<CryptoKeyPair> {
  const database = await openDatabase();
  if (database === undefined) return newPair();
  try {
    const kept = await database.get('identities', deviceKeyName);
    if (kept !== undefined) return kept.pair;
    const pair = await newPair();
    // Two windows may get here at once: the first one's key stays, and both use it.
    const transaction = database.transaction('identities', 'readwrite');
    const first = await transaction.store.get(deviceKeyName);
    if (first === undefined) await transaction.store.put({ pair }, deviceKeyName);
    await transaction.done;
    return first?.pair ?? pair;
  } finally {
    database.close();
  }
}

async function openDatabase() {
  try {
    return await openDB<IdentityDatabase>(databaseName, databaseVersion, {
      upgrade(created) {
        created.createObjectStore('identities');
      },
    });
  } catch {
    return undefined;
  }
}

async function newPair(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('Ed25519 gives a pair');
  return pair;
}
