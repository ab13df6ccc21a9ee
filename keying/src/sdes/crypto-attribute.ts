import { KeyingError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { parseKeyParams, serializeKeyParams } from './key-params.ts';
import type { SdesKey } from './key-params.ts';
import { parseSessionParameters, serializeSessionParameter } from './session-parameters.ts';
import type { SessionParameter } from './session-parameters.ts';

/** One `a=crypto` line (RFC 4568 section 4). Its owner wipes the keys: `wipeCryptoAttribute`. */
export interface CryptoAttribute {
  /** 1 to 9 digits; unique in its media section. */
  readonly tag: number;
  /** Upper case. May name a suite that is not ours: valid, but not supported. */
  readonly suite: string;
  readonly keys: readonly SdesKey[];
  readonly parameters: readonly SessionParameter[];
}

/**
 * Where the stream's forward error correction goes. FEC_KEY is for FEC on an address of its own and
 * makes the line invalid otherwise (RFC 4568 section 6.3.5).
 */
export type FecAddress = 'same-address' | 'separate-address';

/** Ours are below 200 characters; an MKI may have 309 digits. */
const maxLineChars = 4096;

// RFC 4568 section 9.1. The attribute's name is case-sensitive, its values are not (section 4).
const linePattern = /^a=crypto:(?<tag>\S+)[ \t]+(?<suite>[^\s;]+)[ \t]+(?<keys>\S+)(?<rest>.*)$/;
const tagPattern = /^(?:0|[1-9][0-9]{0,8})$/;
const suitePattern = /^[A-Za-z0-9_]+$/;
const restPattern = /^(?:[ \t]+[\x21-\x7e]+)*$/;

/**
 * Parses one line, without its line end.
 * @throws KeyingError `sdes-invalid` for whatever RFC 4568 says to refuse; the message holds no key.
 */
export function parseCryptoLine(
  line: string,
  options: { readonly fec: FecAddress } = { fec: 'same-address' },
): CryptoAttribute {
  if (line.length > maxLineChars) throw invalid('the line is too long');
  const groups = linePattern.exec(line)?.groups;
  const { tag = '', suite = '', keys = '', rest = '' } = groups ?? {};
  if (groups === undefined || !restPattern.test(rest)) throw invalid('not an a=crypto line');
  // Section 4.1: decimal, at most nine digits, no leading zeros.
  if (!tagPattern.test(tag)) throw invalid('not a tag');
  if (!suitePattern.test(suite)) throw invalid('not a crypto suite');
  const words = rest.split(/[ \t]+/).filter((word) => word !== '');
  const suiteName = suite.toUpperCase();
  const parsedKeys = parseKeyParams(keys, suiteName);
  const parameters = parseSessionParameters(words, suiteName);
  const fecKeys = parameters.filter((parameter) => parameter.kind === 'fec-key');
  if (fecKeys.length > 0 && options.fec === 'same-address') {
    throw invalid('FEC_KEY without an FEC stream of its own');
  }
  const attribute = { tag: Number(tag), suite: suiteName, keys: parsedKeys, parameters };
  requireDistinctKeys([attribute]);
  return attribute;
}

/** Writes the line, without its line end. Holds the keys in clear, as RFC 4568 has it. */
export function serializeCryptoLine(attribute: CryptoAttribute): string {
  const words = [
    `a=crypto:${attribute.tag}`,
    attribute.suite,
    serializeKeyParams(attribute.keys),
    ...attribute.parameters.map(serializeSessionParameter),
  ];
  return words.join(' ');
}

/** Every master key of a line, those for FEC included. */
export function secretsOf(attribute: CryptoAttribute): Secret[] {
  const fecKeys = attribute.parameters.flatMap((parameter) =>
    parameter.kind === 'fec-key' ? parameter.keys : [],
  );
  return [...attribute.keys, ...fecKeys].map((key) => key.keyAndSalt);
}

/** Each key is unique in the whole session description (RFC 4568 section 6.1). */
export function requireDistinctKeys(attributes: readonly CryptoAttribute[]): void {
  const seen = new Set<string>();
  for (const secret of attributes.flatMap(secretsOf)) {
    const key = secret.use((bytes) => String.fromCharCode(...bytes));
    if (seen.has(key)) throw invalid('a key is used twice');
    seen.add(key);
  }
}

/** Wipes every key of a parsed line. Idempotent. */
export function wipeCryptoAttribute(attribute: CryptoAttribute): void {
  for (const secret of secretsOf(attribute)) secret.wipe();
}

function invalid(message: string): KeyingError {
  return new KeyingError('sdes-invalid', message);
}
