/**
 * Symbolic terms: what travels and what keys are made of, without a bit in them. Two terms are equal
 * exactly when they are the same object, since each is made once (hash-consing). The equations that an
 * attacker could use are applied when a term is made:
 *
 *     shared(a, b) = shared(b, a)                    g^a^b = g^b^a
 *     agree(a, low order) = zero                     RFC 7748 section 6.1
 *     code(part with ground nonce, other) = target   what searching for a colliding code gives
 */
export type Operation =
  /** Known to everybody: labels, ids, modes. */
  | 'constant'
  /** Drawn by somebody; nobody else guesses it. */
  | 'fresh'
  /** X25519 public value: [exponent]. */
  | 'public-value'
  /** X25519 result: [exponent, exponent]. */
  | 'shared'
  /** ML-KEM: [decapsulation key]. */
  | 'kem-key'
  /** ML-KEM: [encapsulation key, seed]; its shared secret; what a wrong key makes of a ciphertext. */
  | 'kem-ciphertext'
  | 'kem-secret'
  | 'implicit-rejection'
  /** Ed25519: [secret key]; [secret key, message]. */
  | 'verification-key'
  | 'signature'
  /** [label, ...input]. One-way. */
  | 'hash'
  /** [label, salt, ...input], HKDF. */
  | 'key'
  /** [key, ...message]. */
  | 'mac'
  /** [key, content], authenticated. */
  | 'sealed'
  /** A message or part of one: its fields are in the open. */
  | 'record'
  /** Short authentication string: [initiator's fields, responder's fields]. Short enough to search. */
  | 'code'
  /** A nonce searched for: [label, other part, ...own fields, target code]. */
  | 'ground-nonce';

export interface Term {
  readonly id: number;
  readonly operation: Operation;
  /** Of constants, fresh values and records. */
  readonly name: string;
  readonly parts: readonly Term[];
}

const interned = new Map<string, Term>();

/** The term, made if it is not there yet. */
export function term(operation: Operation, parts: readonly Term[], name = ''): Term {
  const key = `${operation} ${name} ${parts.map(({ id }) => id).join()}`;
  let found = interned.get(key);
  if (found === undefined) {
    found = { id: interned.size, operation, name, parts };
    interned.set(key, found);
  }
  return found;
}

export const constant = (name: string): Term => term('constant', [], name);
export const fresh = (name: string): Term => term('fresh', [], name);
export const record = (name: string, parts: readonly Term[]): Term => term('record', parts, name);

export const publicValue = (exponent: Term): Term => term('public-value', [exponent]);

/** A public value of low order, and what every exponent makes of it. */
export const lowOrderPoint = constant('low-order point');
export const zeroPoint = constant('zero');

/** X25519 of an exponent and a public value, whatever that is. */
export function agree(exponent: Term, value: Term): Term {
  const [other] = value.parts;
  if (value.operation !== 'public-value' || other === undefined) return zeroPoint;
  return term('shared', other.id < exponent.id ? [other, exponent] : [exponent, other]);
}

export const kemKey = (decapsulationKey: Term): Term => term('kem-key', [decapsulationKey]);

export function encapsulate(
  key: Term,
  seed: Term,
): { readonly ciphertext: Term; readonly secret: Term } {
  return {
    ciphertext: term('kem-ciphertext', [key, seed]),
    secret: term('kem-secret', [key, seed]),
  };
}

/** FIPS 203 section 6.3: a ciphertext for another key gives another secret, and no error. */
export function decapsulate(decapsulationKey: Term, ciphertext: Term): Term {
  const [key, seed] = ciphertext.parts;
  const isOwn = key === kemKey(decapsulationKey) && seed !== undefined;
  if (isOwn) return term('kem-secret', [key, seed]);
  return term('implicit-rejection', [decapsulationKey, ciphertext]);
}

export const verificationKey = (secretKey: Term): Term => term('verification-key', [secretKey]);
export const signature = (secretKey: Term, message: Term): Term =>
  term('signature', [secretKey, message]);
export const hash = (label: Term, ...input: readonly Term[]): Term =>
  term('hash', [label, ...input]);
export const deriveKey = (label: Term, salt: Term, input: readonly Term[]): Term =>
  term('key', [label, salt, ...input]);
export const mac = (key: Term, ...message: readonly Term[]): Term => term('mac', [key, ...message]);
export const sealed = (key: Term, content: Term): Term => term('sealed', [key, content]);

/** For reading: `MAC(k, ...)` rather than a tree of fifty lines. */
export function describe(subject: Term, depth = 3): string {
  const { operation, name, parts } = subject;
  if (parts.length === 0) return name;
  const head = name === '' ? operation : name;
  if (depth === 0) return `${head}(..)`;
  return `${head}(${parts.map((part) => describe(part, depth - 1)).join(', ')})`;
}
