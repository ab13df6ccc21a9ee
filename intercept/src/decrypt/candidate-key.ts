/** Master keys that might open a stream, from where the user found them. */
import { bytesToHex, fromBase64 } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import {
  cryptoSuites,
  findSuite,
  keyAndSaltBytes,
  parseCryptoLine,
  wipeCryptoAttribute,
  type CryptoSuite,
} from '@earshot/keying/sdes';
import { Secret } from '@earshot/keying/secret';
import type { SrtpMasterKey } from '@earshot/keying/srtp';
import { DecryptError } from './decrypt-error.ts';

export interface CandidateKey {
  /** For people: where it is from. Holds no key. */
  readonly origin: string;
  readonly suite: CryptoSuite;
  /** Several only where their MKIs tell them apart. Whoever holds the candidate wipes them. */
  readonly keys: readonly [SrtpMasterKey, ...SrtpMasterKey[]];
}

export function wipeCandidate({ keys }: CandidateKey): void {
  for (const { keyAndSalt } of keys) keyAndSalt.wipe();
}

/** Offers repeat their lines in every re-invitation. */
export function isSameCandidate(a: CandidateKey, b: CandidateKey): boolean {
  return a.suite === b.suite && identityOf(a) === identityOf(b);
}

function identityOf({ keys }: CandidateKey): string {
  return keys
    .map(({ keyAndSalt, mki }) => keyAndSalt.use(bytesToHex) + bytesToHex(mki ?? new Uint8Array()))
    .join();
}

/**
 * One `a=crypto` line, with or without its `a=`.
 * @returns the reason in words if the line is valid but is not opened here.
 * @throws DecryptError `key-invalid`; the message holds no key.
 */
export function candidateFromLine(text: string, origin: string): CandidateKey | string {
  const line = text.startsWith('crypto:') ? `a=${text}` : text;
  const attribute = parse(line, origin);
  const suite = findSuite(attribute.suite);
  const [first, ...others] = attribute.keys;
  const unusual = attribute.parameters.find(
    ({ kind }) => kind === 'kdr' || kind === 'unauthenticated-srtp' || kind === 'unencrypted-srtp',
  );
  if (suite !== undefined && first !== undefined && unusual === undefined) {
    return { origin, suite, keys: [first, ...others] };
  }
  wipeCryptoAttribute(attribute);
  return unusual === undefined ? `suite ${attribute.suite}` : `parameter ${unusual.kind}`;
}

function parse(line: string, origin: string): ReturnType<typeof parseCryptoLine> {
  try {
    return parseCryptoLine(line);
  } catch (error) {
    if (!(error instanceof KeyingError)) throw error;
    throw new DecryptError('key-invalid', `${origin}: ${error.message}`);
  }
}

/** @throws DecryptError `key-invalid` */
export function candidateFromBase64(text: string, suiteName: string): CandidateKey {
  const suite = findSuite(suiteName);
  if (suite === undefined) {
    throw new DecryptError('key-invalid', `--suite is one of ${cryptoSuites.join(', ')}`);
  }
  const bytes = decode(text);
  if (bytes?.length !== keyAndSaltBytes(suite)) {
    const expected = keyAndSaltBytes(suite);
    throw new DecryptError(
      'key-invalid',
      `--key for ${suite} is base64 of ${expected} bytes: master key, then salt`,
    );
  }
  return { origin: '--key', suite, keys: [{ keyAndSalt: Secret.take(bytes) }] };
}

function decode(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
  } catch {
    // Without the cause: a decoder's message may quote the key.
    return undefined;
  }
}
