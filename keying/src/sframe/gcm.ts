/** AES-GCM (NIST SP 800-38D) with a 16-byte tag, for suites 4 and 5 of RFC 9605. */
import { gcm } from '@noble/ciphers/aes.js';
import { pinnedCopy } from '../bytes.ts';
import type { Aead, OpenInput, SealInput } from './aead.ts';
import type { FrameSuiteRow } from './suites.ts';

export function createGcm(row: FrameSuiteRow, key: Uint8Array): Aead {
  const ownKey = pinnedCopy(key);
  return {
    seal({ nonce, aad, plaintext }: SealInput, out: Uint8Array): void {
      out.set(gcm(ownKey, nonce, aad).encrypt(plaintext));
    },
    open({ nonce, aad, sealed }: OpenInput): Uint8Array | undefined {
      if (sealed.length < row.tagBytes) return undefined;
      try {
        return gcm(ownKey, nonce, aad).decrypt(sealed);
      } catch {
        // @noble throws for a wrong tag; lengths were checked above.
        return undefined;
      }
    },
    wipe(): void {
      ownKey.fill(0);
    },
  };
}
