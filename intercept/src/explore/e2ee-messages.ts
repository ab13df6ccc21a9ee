/**
 * The handshake's messages and keys as terms: docs/keying/handshake.md again, field by field and in
 * its order. `test/explore-correspondence.test.ts` holds it against the bytes of keying/.
 */
import type { E2eeDefencesOff } from './defences.ts';
import { constant, deriveKey, hash, record, term, type Term } from './term.ts';

export type Role = 'initiator' | 'responder';

/** What a side was told or built to want. */
export interface Parameters {
  readonly suite: Term;
  readonly mode: Term;
  readonly callId: Term;
}

export interface DhPart extends Parameters {
  readonly role: Role;
  readonly participantId: Term;
  readonly identity: Term;
  readonly ephemeral: Term;
  readonly nonce: Term;
  /** The responder's. */
  readonly kemKey: Term | undefined;
}

/** In the place of the message, and of its secret. */
const noKem = constant('no KEM');
const noKemSecret = constant('no KEM secret');
export const noLinkSecret = constant('no link secret');

export const labels = {
  commitment: constant('earshot 1 commit'),
  transcript: constant('earshot 1 transcript'),
  version: constant('version 1'),
  confirmInitiator: constant('earshot 1 confirm initiator'),
  confirmResponder: constant('earshot 1 confirm responder'),
  wrapToResponder: constant('earshot 1 wrap initiator to responder'),
  wrapToInitiator: constant('earshot 1 wrap responder to initiator'),
  signInitiator: constant('earshot 1 signature initiator'),
  signResponder: constant('earshot 1 signature responder'),
} as const;

const parts = new Map<Term, DhPart>();

export function encodeDhPart(part: DhPart): Term {
  const { role, suite, mode, callId, participantId, identity, ephemeral, nonce, kemKey } = part;
  const fields = [suite, constant(role), mode, callId, participantId, identity, ephemeral, nonce];
  const encoded = record(`DHPart_${role === 'initiator' ? 'I' : 'R'}`, [
    ...fields,
    ...(kemKey === undefined ? [] : [kemKey]),
  ]);
  parts.set(encoded, part);
  return encoded;
}

/** The fields again; undefined: no DHPart. */
export const parseDhPart = (message: Term): DhPart | undefined => parts.get(message);

export interface Commit {
  readonly suite: Term;
  readonly commitment: Term;
}

export const encodeCommit = ({ suite, commitment }: Commit): Term =>
  record('Commit', [suite, commitment]);

export function parseCommit({ name, parts: [suite, commitment] }: Term): Commit | undefined {
  if (name !== 'Commit' || suite === undefined || commitment === undefined) return undefined;
  return { suite, commitment };
}

export const commitmentTo = (dhPartInitiator: Term): Term =>
  hash(labels.commitment, dhPartInitiator);
export const encodeKem = (ciphertext: Term): Term => record('Kem', [ciphertext]);

/** What both ends of a pair agree on where all goes well. */
export interface Exchange {
  readonly parameters: Parameters;
  readonly initiatorId: Term;
  readonly responderId: Term;
  readonly commit: Term;
  readonly dhPartResponder: Term;
  readonly dhPartInitiator: Term;
  /** undefined where there is no ML-KEM share. */
  readonly kem: Term | undefined;
}

export function transcriptOf(exchange: Exchange, off: E2eeDefencesOff): Term {
  const { parameters, initiatorId, responderId } = exchange;
  const { commit, dhPartResponder, dhPartInitiator, kem } = exchange;
  return hash(
    labels.transcript,
    labels.version,
    ...(off.has('parameters-in-transcript')
      ? []
      : [parameters.mode, parameters.callId, initiatorId, responderId]),
    ...(off.has('messages-in-transcript')
      ? []
      : [commit, dhPartResponder, dhPartInitiator, kem ?? noKem]),
  );
}

export interface HandshakeKeys {
  readonly confirmInitiator: Term;
  readonly confirmResponder: Term;
  readonly wrapToResponder: Term;
  readonly wrapToInitiator: Term;
}

export interface KeyInput {
  readonly transcript: Term;
  readonly shared: Term;
  readonly kemSecret: Term | undefined;
  readonly linkSecret: Term;
}

export function handshakeKeys({
  transcript,
  shared,
  kemSecret,
  linkSecret,
}: KeyInput): HandshakeKeys {
  const input = [shared, kemSecret ?? noKemSecret, linkSecret];
  return {
    confirmInitiator: deriveKey(labels.confirmInitiator, transcript, input),
    confirmResponder: deriveKey(labels.confirmResponder, transcript, input),
    wrapToResponder: deriveKey(labels.wrapToResponder, transcript, input),
    wrapToInitiator: deriveKey(labels.wrapToInitiator, transcript, input),
  };
}

/**
 * The safety code of two DHParts. A nonce that was searched for against exactly this other part gives
 * the code that it was searched for.
 */
export function codeOf(initiator: DhPart, responder: DhPart, off: E2eeDefencesOff): Term {
  if (off.has('code-over-values')) {
    return term('code', [initiator.identity, responder.identity]);
  }
  for (const [own, other] of [
    [initiator, responder],
    [responder, initiator],
  ] as const) {
    const target = own.nonce.parts.at(-1);
    if (target !== undefined && own.nonce === groundNonce(own, other, target)) return target;
  }
  return term('code', [encodeDhPart(initiator), encodeDhPart(responder)]);
}

/**
 * The nonce that makes `own` show `target` together with `other`: a few million hashes for 24 bits.
 * It takes the whole of the other part, so it cannot be found before that part is known.
 */
export function groundNonce(own: Omit<DhPart, 'nonce'>, other: DhPart, target: Term): Term {
  const { role, suite, mode, callId, participantId, identity, ephemeral, kemKey } = own;
  return term('ground-nonce', [
    ...[constant(role), suite, mode, callId, participantId, identity, ephemeral],
    ...(kemKey === undefined ? [] : [kemKey]),
    encodeDhPart(other),
    target,
  ]);
}
