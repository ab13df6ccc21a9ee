import { bytesToHex, fromBase64, hexToBytes, toBase64 } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { findSuite, keyAndSaltBytes, maxSrtpPackets } from './suites.ts';

/** One master key of a line (RFC 4568 section 6.1): `inline:key||salt[|lifetime][|MKI:length]`. */
export interface SdesKey {
  readonly keyAndSalt: Secret;
  /** SRTP or SRTCP packets; absent: the suite's limit. */
  readonly lifetimePackets?: number;
  /** Master key identifier as it stands in packets: big-endian, 1 to 128 bytes. */
  readonly mki?: Uint8Array;
}

/** RFC 4568 section 6.1: "if ... its value exceeds 128 (bytes)". */
const maxMkiBytes = 128;
/** A line of 4096 characters holds no more than this in earnest. */
const maxKeys = 16;

const keyPattern = /^inline:(?<keySalt>[^|]*)(?:\|(?<second>[^|]*))?(?:\|(?<third>[^|]*))?$/i;
const base64Pattern = /^(?<data>[A-Za-z0-9+/]+)(?<padding>={0,2})$/;
const lifetimePattern = /^(?:2\^(?<exponent>0|[1-9][0-9]?)|(?<packets>[1-9][0-9]{0,15}))$/;
const mkiPattern = /^(?<value>[1-9][0-9]{0,308}):(?<length>[1-9][0-9]{0,2})$/;

/**
 * Parses `key-param *(";" key-param)`.
 * @param suite upper-case name; lengths are checked for the suites that we know.
 * @throws KeyingError `sdes-invalid`
 */
export function parseKeyParams(text: string, suite: string): readonly SdesKey[] {
  const params = text.split(';');
  if (params.length > maxKeys) throw invalid('too many keys');
  const keys = params.map((param) => parseKeyParam(param, suite));
  const first = keys[0]?.mki;
  const identifiers = new Set<string>();
  for (const { mki } of keys) {
    if (keys.length > 1 && mki === undefined) throw invalid('several keys need an MKI each');
    if (mki?.length !== first?.length) throw invalid('MKI lengths differ');
    if (mki !== undefined) identifiers.add(bytesToHex(mki));
  }
  // Or a packet would not say which key it needs (section 4.3).
  if (keys.length > 1 && identifiers.size < keys.length) throw invalid('an MKI is used twice');
  return keys;
}

export function serializeKeyParams(keys: readonly SdesKey[]): string {
  return keys.map(serializeKeyParam).join(';');
}

function parseKeyParam(param: string, suite: string): SdesKey {
  const groups = keyPattern.exec(param)?.groups;
  if (groups === undefined) throw invalid('not an inline key');
  const { keySalt = '', second, third } = groups;
  // The lifetime never contains a colon and the MKI always does (section 6.1).
  const secondIsMki = second?.includes(':') ?? false;
  if (secondIsMki && third !== undefined) throw invalid('something follows the MKI');
  const lifetime = secondIsMki ? undefined : second;
  const mki = secondIsMki ? second : third;
  const lifetimePackets = lifetime === undefined ? undefined : parseLifetime(lifetime);
  const identifier = mki === undefined ? undefined : parseMki(mki);
  return {
    keyAndSalt: Secret.take(parseKeyAndSalt(keySalt, suite)),
    ...(lifetimePackets === undefined ? {} : { lifetimePackets }),
    ...(identifier === undefined ? {} : { mki: identifier }),
  };
}

function parseKeyAndSalt(text: string, suite: string): Uint8Array {
  const { data = '', padding = '' } = base64Pattern.exec(text)?.groups ?? {};
  // Section 6.1 discards padding, so that it may be absent; if it is there it is the right one.
  const expectedPadding = '='.repeat((4 - (data.length % 4)) % 4);
  if (data === '' || expectedPadding.length > 2) throw invalid('key and salt are not base64');
  if (padding !== '' && padding !== expectedPadding) throw invalid('base64 padding is wrong');
  const bytes = decodeBase64(data + expectedPadding);
  const known = findSuite(suite);
  if (known !== undefined && bytes.length !== keyAndSaltBytes(known)) {
    throw invalid(`${known} takes ${keyAndSaltBytes(known)} bytes of key and salt`);
  }
  return bytes;
}

function decodeBase64(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch {
    // Without the cause: a decoder's message may quote the key.
    throw invalid('key and salt are not base64');
  }
}

function parseLifetime(text: string): number {
  const { exponent, packets } = lifetimePattern.exec(text)?.groups ?? {};
  if (exponent === undefined && packets === undefined) throw invalid('not a lifetime');
  const lifetime = exponent === undefined ? Number(packets) : 2 ** Number(exponent);
  if (lifetime > maxSrtpPackets) throw invalid('the lifetime exceeds 2^48');
  return lifetime;
}

function parseMki(text: string): Uint8Array {
  const { value = '', length = '' } = mkiPattern.exec(text)?.groups ?? {};
  if (value === '') throw invalid('not an MKI');
  const bytes = Number(length);
  if (bytes > maxMkiBytes) throw invalid(`the MKI is longer than ${maxMkiBytes} bytes`);
  const hex = BigInt(value).toString(16);
  if (hex.length > 2 * bytes) throw invalid('the MKI does not fit its length');
  return hexToBytes(hex.padStart(2 * bytes, '0'));
}

function serializeKeyParam(key: SdesKey): string {
  const fields = [`inline:${key.keyAndSalt.use(toBase64)}`];
  if (key.lifetimePackets !== undefined) fields.push(serializeLifetime(key.lifetimePackets));
  if (key.mki !== undefined) {
    fields.push(`${BigInt(`0x${bytesToHex(key.mki)}`)}:${key.mki.length}`);
  }
  return fields.join('|');
}

function serializeLifetime(packets: number): string {
  const exponent = Math.log2(packets);
  return Number.isInteger(exponent) && 2 ** exponent === packets ? `2^${exponent}` : `${packets}`;
}

function invalid(message: string): KeyingError {
  return new KeyingError('sdes-invalid', message);
}
