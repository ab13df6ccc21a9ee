import { KeyingError } from '../errors.ts';
import { parseKeyParams, serializeKeyParams } from './key-params.ts';
import type { SdesKey } from './key-params.ts';

/** The session parameters of RFC 4568 section 6.3. */
export type SessionParameter =
  /** Session keys are derived anew every 2^exponent packets (RFC 3711 section 4.3.1); 1 to 24. */
  | { readonly kind: 'kdr'; readonly exponent: number }
  | { readonly kind: 'unencrypted-srtp' }
  | { readonly kind: 'unencrypted-srtcp' }
  | { readonly kind: 'unauthenticated-srtp' }
  | { readonly kind: 'fec-order'; readonly order: FecOrder }
  | { readonly kind: 'fec-key'; readonly keys: readonly SdesKey[] }
  /** Replay window that the sender suggests, in packets; at least 64. */
  | { readonly kind: 'window-size-hint'; readonly packets: number }
  /** Unknown, with the dash that says it may be ignored (section 6.3.7). */
  | { readonly kind: 'extension'; readonly text: string };

export type FecOrder = 'FEC_SRTP' | 'SRTP_FEC';

/** RFC 3711 section 3.3.2. */
const minWindowPackets = 64;

/**
 * @param words what follows the keys, split at white space.
 * @param suite upper-case name, for the keys of FEC_KEY.
 * @throws KeyingError `sdes-invalid` for an unknown one without a dash, a bad value, or one twice.
 */
export function parseSessionParameters(
  words: readonly string[],
  suite: string,
): readonly SessionParameter[] {
  const parameters = words.map((word) => parseSessionParameter(word, suite));
  const kinds = parameters.map(({ kind }) => kind).filter((kind) => kind !== 'extension');
  if (new Set(kinds).size < kinds.length) throw invalid('a session parameter stands twice');
  return parameters;
}

export function serializeSessionParameter(parameter: SessionParameter): string {
  switch (parameter.kind) {
    case 'kdr':
      return `KDR=${parameter.exponent}`;
    case 'unencrypted-srtp':
      return 'UNENCRYPTED_SRTP';
    case 'unencrypted-srtcp':
      return 'UNENCRYPTED_SRTCP';
    case 'unauthenticated-srtp':
      return 'UNAUTHENTICATED_SRTP';
    case 'fec-order':
      return `FEC_ORDER=${parameter.order}`;
    case 'fec-key':
      return `FEC_KEY=${serializeKeyParams(parameter.keys)}`;
    case 'window-size-hint':
      return `WSH=${parameter.packets}`;
    case 'extension':
      return parameter.text;
  }
}

function parseSessionParameter(word: string, suite: string): SessionParameter {
  if (word.startsWith('-')) {
    // Section 9.2: one dash, then at least one character that is not a dash.
    if (!/^-[^-]/.test(word)) throw invalid('not a session parameter');
    return { kind: 'extension', text: word };
  }
  const equals = word.indexOf('=');
  const name = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  return value === undefined ? parseFlag(name) : parseValue({ name, value, suite });
}

function parseFlag(name: string): SessionParameter {
  if (name === 'UNENCRYPTED_SRTP') return { kind: 'unencrypted-srtp' };
  if (name === 'UNENCRYPTED_SRTCP') return { kind: 'unencrypted-srtcp' };
  if (name === 'UNAUTHENTICATED_SRTP') return { kind: 'unauthenticated-srtp' };
  throw invalid('unknown session parameter');
}

function parseValue(parameter: {
  readonly name: string;
  readonly value: string;
  readonly suite: string;
}): SessionParameter {
  const { name, value, suite } = parameter;
  if (name === 'KDR') {
    // Section 6.3.1 says 1 to 24, the grammar's comment 0 to 24; the text is followed.
    if (!/^(?:[1-9]|1[0-9]|2[0-4])$/.test(value)) throw invalid('KDR is not 1 to 24');
    return { kind: 'kdr', exponent: Number(value) };
  }
  if (name === 'WSH') {
    if (!/^[1-9][0-9]{1,8}$/.test(value) || Number(value) < minWindowPackets) {
      throw invalid(`WSH is not a number from ${minWindowPackets}`);
    }
    return { kind: 'window-size-hint', packets: Number(value) };
  }
  if (name === 'FEC_KEY') return { kind: 'fec-key', keys: parseKeyParams(value, suite) };
  if (name === 'FEC_ORDER') {
    const order = value.toUpperCase();
    if (order === 'FEC_SRTP' || order === 'SRTP_FEC') return { kind: 'fec-order', order };
    throw invalid('unknown FEC_ORDER');
  }
  throw invalid('unknown session parameter');
}

function invalid(message: string): KeyingError {
  return new KeyingError('sdes-invalid', message);
}
