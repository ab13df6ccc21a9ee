/**
 * An honest side of one handshake, as a state machine over terms: `keying/src/handshake/initiator.ts`
 * and `responder.ts` with each check where it is there. Nothing in here is the attacker's.
 */
import type { E2eeDefencesOff } from './defences.ts';
import {
  codeOf,
  commitmentTo,
  encodeCommit,
  encodeDhPart,
  encodeKem,
  handshakeKeys,
  labels,
  parseDhPart,
  transcriptOf,
  type Commit,
  type DhPart,
  type Exchange,
  type HandshakeKeys,
  type Parameters,
  type Role,
} from './e2ee-messages.ts';
import {
  agree,
  decapsulate,
  encapsulate,
  fresh,
  kemKey,
  mac,
  publicValue,
  record,
  sealed,
  signature,
  verificationKey,
  zeroPoint,
  type Term,
} from './term.ts';

/** One person's side towards one other. */
export interface Side {
  /** Distinct within a scenario: `alice-bob`. */
  readonly name: string;
  readonly role: Role;
  readonly parameters: Parameters;
  readonly selfId: Term;
  readonly peerId: Term;
  readonly linkSecret: Term;
  /** Ed25519 secret key. */
  readonly identity: Term;
  /** The peer's verification key of an earlier call; undefined: nothing to compare with. */
  readonly pinned: Term | undefined;
}

/** What it takes to be sure of the peer. */
export interface Confirming extends Exchange {
  readonly kind: 'confirming';
  readonly keys: HandshakeKeys;
  readonly transcript: Term;
  readonly peer: DhPart;
  readonly shared: Term;
  readonly code: Term;
}

export type SideState =
  /** The responder before Commit. */
  | { readonly kind: 'waiting' }
  /** The initiator before DHPart_R. */
  | { readonly kind: 'committed' }
  | { readonly kind: 'responded'; readonly commit: Term; readonly commitment: Term }
  | Confirming
  | (Omit<Confirming, 'kind'> & { readonly kind: 'done' })
  /** Was told of a mode without end-to-end keys, and took it. */
  | { readonly kind: 'downgraded' };

/** What arrives at once: the fields of the flight. */
export interface ConfirmTerms {
  readonly signature: Term;
  readonly mac: Term;
}

export interface Reaction {
  readonly state: SideState;
  readonly sent: readonly Term[];
}

/** Values that a side draws. */
export const drawn = (side: Side) => ({
  exponent: fresh(`x(${side.name})`),
  nonce: fresh(`n(${side.name})`),
  decapsulationKey: fresh(`dk(${side.name})`),
  kemSeed: fresh(`m(${side.name})`),
  /** Stands for the audio too: who has it opens the frames. */
  baseKey: fresh(`base key(${side.name})`),
});

export function ownPart(side: Side, off: E2eeDefencesOff): DhPart {
  const { exponent, nonce, decapsulationKey } = drawn(side);
  const hasKemKey = side.role === 'responder' && !off.has('kem');
  return {
    ...side.parameters,
    role: side.role,
    participantId: side.selfId,
    identity: verificationKey(side.identity),
    ephemeral: publicValue(exponent),
    nonce,
    kemKey: hasKemKey ? kemKey(decapsulationKey) : undefined,
  };
}

export function start(side: Side, off: E2eeDefencesOff): Reaction {
  if (side.role === 'responder') return { state: { kind: 'waiting' }, sent: [] };
  return { state: { kind: 'committed' }, sent: [ownCommit(side, off)] };
}

function ownCommit(side: Side, off: E2eeDefencesOff): Term {
  const commitment = commitmentTo(encodeDhPart(ownPart(side, off)));
  return encodeCommit({ suite: side.parameters.suite, commitment });
}

/** The parameters with which a peer's part is taken. */
export function takesPart(side: Side, part: DhPart, off: E2eeDefencesOff): boolean {
  const { suite, mode, callId } = side.parameters;
  const isFromPinned =
    off.has('pinned-identity') || side.pinned === undefined || part.identity === side.pinned;
  const isAsWanted =
    part.suite === suite &&
    part.mode === mode &&
    part.callId === callId &&
    part.participantId === side.peerId;
  return isFromPinned && part.role !== side.role && (off.has('parameters-checked') || isAsWanted);
}

/** Responder: Commit. */
export function takeCommit(side: Side, commit: Commit, off: E2eeDefencesOff): Reaction | undefined {
  if (!off.has('parameters-checked') && commit.suite !== side.parameters.suite) return undefined;
  const { commitment } = commit;
  return {
    state: { kind: 'responded', commit: encodeCommit(commit), commitment },
    sent: [encodeDhPart(ownPart(side, off))],
  };
}

/** Initiator: DHPart_R. Answers with the whole of the flight. */
export function takeDhPartResponder(
  side: Side,
  message: Term,
  off: E2eeDefencesOff,
): Reaction | undefined {
  const peer = parseDhPart(message);
  if (peer === undefined || !takesPart(side, peer, off)) return undefined;
  const own = ownPart(side, off);
  const { exponent, kemSeed } = drawn(side);
  const kem = peer.kemKey === undefined ? undefined : encapsulate(peer.kemKey, kemSeed);
  const exchange = {
    parameters: side.parameters,
    initiatorId: side.selfId,
    responderId: side.peerId,
    commit: ownCommit(side, off),
    dhPartResponder: message,
    dhPartInitiator: encodeDhPart(own),
    kem: kem === undefined ? undefined : encodeKem(kem.ciphertext),
  };
  const shared = agree(exponent, peer.ephemeral);
  const state = conclude({ side, exchange, shared, kemSecret: kem?.secret, own, peer, off });
  if (state === undefined) return undefined;
  const { signature: signed, mac: tag } = confirmationOf(side, side.role, state);
  const sent = [exchange.dhPartInitiator, exchange.kem, record('Confirm_I', [signed, tag])];
  return { state, sent: sent.filter((each) => each !== undefined) };
}

/** Responder: DHPart_I and Kem. What is left is to check the confirmation that came with them. */
export function takeReveal(
  side: Side,
  flight: { readonly dhPartInitiator: Term; readonly ciphertext: Term | undefined },
  context: { readonly state: SideState & { kind: 'responded' }; readonly off: E2eeDefencesOff },
): Confirming | undefined {
  const { state, off } = context;
  const { dhPartInitiator, ciphertext } = flight;
  const isCommitted = commitmentTo(dhPartInitiator) === state.commitment;
  if (!isCommitted && !off.has('commitment')) return undefined;
  const peer = parseDhPart(dhPartInitiator);
  if (peer === undefined || !takesPart(side, peer, off)) return undefined;
  const own = ownPart(side, off);
  const { exponent, decapsulationKey } = drawn(side);
  const exchange = {
    parameters: side.parameters,
    initiatorId: side.peerId,
    responderId: side.selfId,
    commit: state.commit,
    dhPartResponder: encodeDhPart(own),
    dhPartInitiator,
    kem: ciphertext === undefined ? undefined : encodeKem(ciphertext),
  };
  const kemSecret =
    ciphertext === undefined ? undefined : decapsulate(decapsulationKey, ciphertext);
  const shared = agree(exponent, peer.ephemeral);
  return conclude({ side, exchange, shared, kemSecret, own, peer, off });
}

interface Conclusion {
  readonly side: Side;
  readonly exchange: Exchange;
  readonly shared: Term;
  readonly kemSecret: Term | undefined;
  readonly own: DhPart;
  readonly peer: DhPart;
  readonly off: E2eeDefencesOff;
}

function conclude(conclusion: Conclusion): Confirming | undefined {
  const { side, exchange, shared, kemSecret, own, peer, off } = conclusion;
  if (shared === zeroPoint && !off.has('low-order-check')) return undefined;
  const transcript = transcriptOf(exchange, off);
  const keys = handshakeKeys({ transcript, shared, kemSecret, linkSecret: side.linkSecret });
  const code = side.role === 'initiator' ? codeOf(own, peer, off) : codeOf(peer, own, off);
  return { kind: 'confirming', ...exchange, keys, transcript, peer, shared, code };
}

/** The label, then the transcript: what the identity of that role signs. */
export function signedBy(role: Role, transcript: Term): Term {
  const label = role === 'initiator' ? labels.signInitiator : labels.signResponder;
  return record('signed', [label, transcript]);
}

export function macOf(role: Role, state: Confirming, signed: Term): Term {
  const key = role === 'initiator' ? state.keys.confirmInitiator : state.keys.confirmResponder;
  return mac(key, state.transcript, signed);
}

function confirmationOf(side: Side, role: Role, state: Confirming): ConfirmTerms {
  const signed = signature(side.identity, signedBy(role, state.transcript));
  return { signature: signed, mac: macOf(role, state, signed) };
}

/** Both roles: the peer's confirmation. Own keys go out with the last step. */
export function takeConfirmation(
  side: Side,
  state: Confirming,
  context: { readonly confirm: ConfirmTerms; readonly off: E2eeDefencesOff },
): Reaction | undefined {
  const { confirm, off } = context;
  const peerRole = state.peer.role;
  const expected = signedBy(peerRole, state.transcript);
  const isSigned = off.has('signature') || verifies(confirm.signature, expected, state.peer);
  const isMac =
    off.has('confirmation-mac') || confirm.mac === macOf(peerRole, state, confirm.signature);
  if (!isSigned || !isMac) return undefined;
  const { keys } = state;
  const wrap = side.role === 'initiator' ? keys.wrapToResponder : keys.wrapToInitiator;
  const own = confirmationOf(side, side.role, state);
  return {
    state: { ...state, kind: 'done' },
    sent: [
      ...(side.role === 'responder' ? [record('Confirm_R', [own.signature, own.mac])] : []),
      sealed(wrap, drawn(side).baseKey),
    ],
  };
}

function verifies(signed: Term, message: Term, peer: DhPart): boolean {
  const [secretKey] = signed.parts;
  return (
    signed.operation === 'signature' &&
    secretKey !== undefined &&
    verificationKey(secretKey) === peer.identity &&
    signed === signature(secretKey, message)
  );
}
