/**
 * This device's Ed25519 key (RFC 8032): made once, kept in IndexedDB, the same for every call of this
 * browser. Where WebCrypto has Ed25519 it is not extractable: the database holds a handle that signs.
 */
import { Secret } from '@earshot/keying/secret';
import type { Identity } from '@earshot/keying/session';
import {
  deviceKeyName,
  openIdentityDatabase,
  withIdentityDatabase,
  type KeptKey,
} from './identity-database.ts';

export interface DeviceKey {
  readonly identity: Identity;
  /** Who holds the private key: see `KeptKey`. */
  readonly custody: KeptKey['custody'];
  /** False where the browser keeps nothing: the key ends with the page. */
  readonly isKept: boolean;
  /** Milliseconds since the epoch. */
  readonly madeAtMs: number;
}

/** The kept key, or a new one. */
export async function openDeviceKey(): Promise<DeviceKey> {
  const { key, isKept } = await keptKey();
  const { custody, madeAtMs } = key;
  return { identity: await toIdentity(key), custody, isKept, madeAtMs };
}

/** Forgets the kept key; the next call makes another. Calls that go on keep theirs until they end. */
export async function resetDeviceKey(): Promise<void> {
  await withIdentityDatabase((database) => database.delete('device-keys', deviceKeyName));
}

async function keptKey(): Promise<{ readonly key: KeptKey; readonly isKept: boolean }> {
  const database = await openIdentityDatabase();
  if (database === undefined) return { key: await newKey(), isKept: false };
  try {
    const kept = await database.get('device-keys', deviceKeyName);
    if (kept !== undefined) return { key: kept, isKept: true };
    const key = await newKey();
    try {
      // Two windows may get here at once: the first one's key stays, and both use it.
      const transaction = database.transaction('device-keys', 'readwrite');
      const first = await transaction.store.get(deviceKeyName);
      if (first === undefined) await transaction.store.put(key, deviceKeyName);
      await transaction.done;
      return { key: first ?? key, isKept: true };
    } catch {
      // A full disk, or a browser that cannot store this kind of key.
      return { key, isKept: false };
    }
  } finally {
    database.close();
  }
}

async function newKey(): Promise<KeptKey> {
  const madeAtMs = Date.now();
  const pair = await newBrowserPair();
  if (pair !== undefined) return { custody: 'browser', pair, madeAtMs };
  const { identitySeedBytes } = await import('@earshot/keying/software-identity');
  const seed = crypto.getRandomValues(new Uint8Array(identitySeedBytes));
  return { custody: 'page', seed, madeAtMs };
}

/** Undefined where WebCrypto has no Ed25519. */
async function newBrowserPair(): Promise<CryptoKeyPair | undefined> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return 'privateKey' in pair ? pair : undefined;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') return undefined;
    throw error;
  }
}

async function toIdentity(key: KeptKey): Promise<Identity> {
  switch (key.custody) {
    case 'browser': {
      const { publicKey, privateKey } = key.pair;
      return {
        publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)),
        sign: async (message) =>
          new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, message.slice())),
      };
    }
    case 'page': {
      const { softwareIdentity } = await import('@earshot/keying/software-identity');
      return softwareIdentity(Secret.take(key.seed));
    }
  }
}
