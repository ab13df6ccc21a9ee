import { equalConstantTime } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import {
  parseCryptoLine,
  requireDistinctKeys,
  secretsOf,
  serializeCryptoLine,
  wipeCryptoAttribute,
} from './crypto-attribute.ts';
import type { CryptoAttribute } from './crypto-attribute.ts';
import type { SdesKey } from './key-params.ts';
import type { SessionParameter } from './session-parameters.ts';
import { findSuite } from './suites.ts';
import type { CryptoSuite } from './suites.ts';

/** Own master keys: one per suite that this side supports. The owner wipes them. */
export type OwnKeys = ReadonlyMap<CryptoSuite, Secret>;

/** What the other side's line says it will send under. The receiver of this wipes the keys. */
export interface RemoteKeys {
  readonly suite: CryptoSuite;
  readonly tag: number;
  readonly keys: readonly [SdesKey, ...SdesKey[]];
}

/** A stream carries few lines; more are not an offer in earnest. */
const maxLines = 32;

/** Offer: one line per own key, in the map's order, with tags from 1 (RFC 4568 section 5.1.1). */
export function createOffer(ownKeys: OwnKeys): readonly string[] {
  return [...ownKeys].map(([suite, keyAndSalt], i) => ownLine({ tag: i + 1, suite, keyAndSalt }));
}

/**
 * Answer: takes the first line that is valid and supported; the answer echoes its tag and suite
 * with another key (RFC 4568 sections 5.1.2 and 7.1.2).
 *
 * @throws KeyingError `sdes-no-agreement` if no line can be accepted; `sdes-invalid` for an offer
 * that repeats a tag or a key, or holds a key of this side.
 */
export function acceptOffer(
  lines: readonly string[],
  ownKeys: OwnKeys,
): { readonly remote: RemoteKeys; readonly answerLine: string } {
  const offered = parseLines(lines, 'skip-invalid');
  try {
    requireDistinctTags(offered);
    requireDistinctKeys(offered);
    for (const attribute of offered) requireNotOwn(attribute, ownKeys);
    for (const attribute of offered) {
      const remote = acceptable(attribute);
      const keyAndSalt = remote === undefined ? undefined : ownKeys.get(remote.suite);
      if (remote === undefined || keyAndSalt === undefined) continue;
      wipeExcept(offered, attribute);
      const { tag, suite } = remote;
      return { remote, answerLine: ownLine({ tag, suite, keyAndSalt }) };
    }
  } catch (error) {
    wipeExcept(offered);
    throw error;
  }
  wipeExcept(offered);
  throw new KeyingError('sdes-no-agreement', 'no offered crypto line can be accepted');
}

/**
 * Checks the answer to `createOffer(ownKeys)` (RFC 4568 sections 5.1.3 and 7.1.3).
 *
 * @throws KeyingError `sdes-no-agreement` if the answer has no line: an accepted stream without
 * one must fail (section 5.3). `sdes-invalid` for several lines, a bad one, a tag and suite that
 * were not offered together, or a key of this side.
 */
export function acceptAnswer(lines: readonly string[], ownKeys: OwnKeys): RemoteKeys {
  if (lines.length === 0) {
    throw new KeyingError('sdes-no-agreement', 'the stream was accepted without a crypto line');
  }
  if (lines.length > 1) throw new KeyingError('sdes-invalid', 'an answer has one crypto line');
  const [attribute] = parseLines(lines, 'throw');
  if (attribute === undefined) throw new KeyingError('sdes-invalid', 'no crypto line');
  try {
    requireNotOwn(attribute, ownKeys);
    const remote = requireAcceptable(attribute);
    if ([...ownKeys.keys()][remote.tag - 1] !== remote.suite) {
      throw new KeyingError('sdes-invalid', 'the answer changes tag or suite');
    }
    return remote;
  } catch (error) {
    wipeCryptoAttribute(attribute);
    throw error;
  }
}

/**
 * Outside offer and answer the sender decides: one line, taken or refused (RFC 4568 section 5.2).
 * @throws KeyingError `sdes-invalid`; `sdes-no-agreement` for a suite that this side has no key for.
 */
export function acceptAnnouncement(line: string, ownKeys: OwnKeys): RemoteKeys {
  const attribute = parseCryptoLine(line);
  try {
    requireNotOwn(attribute, ownKeys);
    const remote = requireAcceptable(attribute);
    if (!ownKeys.has(remote.suite)) {
      throw new KeyingError('sdes-no-agreement', `${remote.suite} is not supported here`);
    }
    return remote;
  } catch (error) {
    wipeCryptoAttribute(attribute);
    throw error;
  }
}

/** A line with one key of this side, no lifetime, MKI or parameters. */
export function ownLine(own: {
  readonly tag: number;
  readonly suite: CryptoSuite;
  readonly keyAndSalt: Secret;
}): string {
  const { tag, suite, keyAndSalt } = own;
  return serializeCryptoLine({ tag, suite, keys: [{ keyAndSalt }], parameters: [] });
}

function parseLines(
  lines: readonly string[],
  onInvalid: 'skip-invalid' | 'throw',
): CryptoAttribute[] {
  if (lines.length > maxLines) throw new KeyingError('sdes-invalid', 'too many crypto lines');
  return lines.flatMap((line) => {
    try {
      return [parseCryptoLine(line)];
    } catch (error) {
      // Section 5.1.2: an invalid line of an offer cannot be accepted, but another one can.
      if (onInvalid === 'skip-invalid' && error instanceof KeyingError) return [];
      throw error;
    }
  });
}

function requireDistinctTags(attributes: readonly CryptoAttribute[]): void {
  if (new Set(attributes.map(({ tag }) => tag)).size < attributes.length) {
    throw new KeyingError('sdes-invalid', 'a tag is used twice');
  }
}

/** The other side sends under a key of its own, or two streams share one keystream (section 7.1.2). */
function requireNotOwn(attribute: CryptoAttribute, ownKeys: OwnKeys): void {
  for (const remote of secretsOf(attribute)) {
    for (const own of ownKeys.values()) {
      if (remote.use((a) => own.use((b) => equalConstantTime(a, b)))) {
        throw new KeyingError('sdes-invalid', 'the other side sent back a key of this side');
      }
    }
  }
}

function requireAcceptable(attribute: CryptoAttribute): RemoteKeys {
  const remote = acceptable(attribute);
  if (remote === undefined) {
    throw new KeyingError('sdes-no-agreement', 'the crypto line cannot be accepted here');
  }
  return remote;
}

function acceptable(attribute: CryptoAttribute): RemoteKeys | undefined {
  const suite = findSuite(attribute.suite);
  const [first, ...more] = attribute.keys;
  if (suite === undefined || first === undefined) return undefined;
  if (!attribute.parameters.every(isSupported)) return undefined;
  return { suite, tag: attribute.tag, keys: [first, ...more] };
}

function isSupported(parameter: SessionParameter): boolean {
  switch (parameter.kind) {
    // A call without encryption or authentication is not placed, whoever asks for it.
    case 'unencrypted-srtp':
    case 'unencrypted-srtcp':
    case 'unauthenticated-srtp':
      return false;
    // Not implemented, and nothing that a voice call needs.
    case 'kdr':
    case 'fec-key':
      return false;
    case 'fec-order':
      return parameter.order === 'FEC_SRTP';
    // A hint, which may be ignored (section 6.3.6); the window here is 1024.
    case 'window-size-hint':
    case 'extension':
      return true;
  }
}

function wipeExcept(attributes: readonly CryptoAttribute[], kept?: CryptoAttribute): void {
  for (const attribute of attributes) if (attribute !== kept) wipeCryptoAttribute(attribute);
}
