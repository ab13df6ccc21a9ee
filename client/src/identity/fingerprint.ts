/** A public key as people read it. */
import { fromBase64Url } from '@earshot/keying/bytes';

const label = new TextEncoder().encode('earshot identity fingerprint');
/** 128 bits: nobody finds a second key with the same one. */
const fingerprintBytes = 16;

/**
 * `a1b2 c3d4 ...`: SHA-256 of a label and the key, its first 16 bytes in hexadecimal, in eight groups.
 * @param key Ed25519 public key, 32 bytes as base64url
 */
export async function fingerprint(key: string): Promise<string> {
  const input = new Uint8Array([...label, ...fromBase64Url(key)]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', input));
  const hex = [...digest.slice(0, fingerprintBytes)].map((byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return hex.join('').replace(/(.{4})(?=.)/g, '$1 ');
}
