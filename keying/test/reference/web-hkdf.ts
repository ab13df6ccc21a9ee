/** HKDF (RFC 5869) by the engine's own WebCrypto: slow, obvious, and not the code under test. */

export interface HkdfInput {
  readonly hash: 'SHA-256' | 'SHA-512';
  readonly ikm: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  /** Bytes wanted. */
  readonly length: number;
}

interface Subtle {
  importKey(...args: unknown[]): Promise<unknown>;
  deriveBits(algorithm: unknown, key: unknown, bits: number): Promise<ArrayBuffer>;
  digest(hash: string, data: Uint8Array): Promise<ArrayBuffer>;
  sign(name: string, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
}

/** The package itself is compiled without DOM types, so that it cannot reach for globals. */
const { subtle } = (globalThis as unknown as { crypto: { subtle: Subtle } }).crypto;

/** Extract and expand. */
export async function hkdf({ hash, ikm, salt, info, length }: HkdfInput): Promise<Uint8Array> {
  const key = await subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const bits = await subtle.deriveBits({ name: 'HKDF', hash, salt, info }, key, length * 8);
  return new Uint8Array(bits);
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest('SHA-256', joined(parts)));
}

export async function hmacSha256(key: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, data));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
