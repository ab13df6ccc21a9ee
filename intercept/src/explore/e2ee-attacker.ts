/**
 * Everything that a relay can put to an honest side next. Each field of a message is filled with every
 * value of its kind that was seen or that is the attacker's own, so that replayed, reordered, mixed and
 * made-up messages all come up; what a side would refuse at once is left out. Confirmations are not
 * enumerated: there is one right one, and either it can be made or not.
 */
import {
  commitmentTo,
  encodeDhPart,
  groundNonce,
  labels,
  parseCommit,
  parseDhPart,
  type DhPart,
  type Role,
} from './e2ee-messages.ts';
import type { E2eeDefencesOff } from './defences.ts';
import {
  macOf,
  ownPart,
  signedBy,
  takeCommit,
  takeConfirmation,
  takeDhPartResponder,
  takeReveal,
  takesPart,
  type Confirming,
  type ConfirmTerms,
  type Reaction,
  type Side,
  type SideState,
} from './e2ee-role.ts';
import type { Knowledge } from './knowledge.ts';
import {
  constant,
  encapsulate,
  fresh,
  kemKey,
  lowOrderPoint,
  publicValue,
  signature,
  verificationKey,
  type Term,
} from './term.ts';

/** The attacker's own values: one of each kind is enough, since none tells anything about another. */
export const own = {
  exponent: fresh('x(relay)'),
  nonce: fresh('n(relay)'),
  decapsulationKey: fresh('dk(relay)'),
  kemSeed: fresh('m(relay)'),
  identity: fresh('id(relay)'),
  /** In the place of a hash or MAC, and of a signature, that nobody checks. */
  junk: constant('junk of 32'),
  junkSignature: constant('junk of 64'),
} as const;

export const ownKnowledge: readonly Term[] = [
  own.exponent,
  own.nonce,
  own.decapsulationKey,
  own.kemSeed,
  own.identity,
  publicValue(own.exponent),
  kemKey(own.decapsulationKey),
  verificationKey(own.identity),
];

export type E2eeAction =
  | {
      readonly kind: 'commit';
      readonly to: string;
      readonly suite: Term;
      readonly commitment: Term;
    }
  | { readonly kind: 'dh-part'; readonly to: string; readonly message: Term }
  | {
      readonly kind: 'reveal';
      readonly to: string;
      readonly dhPartInitiator: Term;
      readonly ciphertext: Term | undefined;
      readonly confirm: ConfirmTerms;
    }
  | { readonly kind: 'confirm'; readonly to: string; readonly confirm: ConfirmTerms };

export interface Situation {
  readonly knowledge: Knowledge;
  readonly off: E2eeDefencesOff;
  /** What every honest side shows or will show, for whoever searches for the same. */
  readonly exchanges: readonly Confirming[];
}

export interface Move {
  readonly action: E2eeAction;
  readonly reaction: Reaction;
}

export function* movesAgainst(side: Side, state: SideState, situation: Situation): Generator<Move> {
  switch (state.kind) {
    case 'waiting':
      yield* commits(side, situation);
      return;
    case 'committed':
      for (const message of dhParts(side, situation, undefined)) {
        const reaction = takeDhPartResponder(side, message, situation.off);
        if (reaction !== undefined) {
          yield { action: { kind: 'dh-part', to: side.name, message }, reaction };
        }
      }
      return;
    case 'responded':
      yield* reveals(side, state, situation);
      return;
    case 'confirming':
      for (const confirm of confirmations(state, situation)) {
        const reaction = takeConfirmation(side, state, { confirm, off: situation.off });
        if (reaction !== undefined) {
          yield { action: { kind: 'confirm', to: side.name, confirm }, reaction };
        }
      }
      return;
    case 'done':
    case 'downgraded':
      return;
  }
}

function* commits(side: Side, situation: Situation): Generator<Move> {
  const { knowledge, off } = situation;
  const commitments = new Set<Term>();
  for (const seen of knowledge.seen) {
    if (seen.operation === 'hash' && seen.parts[0] === labels.commitment) commitments.add(seen);
  }
  if (off.has('commitment')) commitments.add(own.junk);
  else for (const part of dhParts(side, situation, undefined)) commitments.add(commitmentTo(part));
  const suites = new Set([side.parameters.suite, ...seenSuites(knowledge)]);
  for (const suite of suites) {
    for (const commitment of commitments) {
      const reaction = takeCommit(side, { suite, commitment }, off);
      if (reaction === undefined) continue;
      yield { action: { kind: 'commit', to: side.name, suite, commitment }, reaction };
    }
  }
}

function* reveals(
  side: Side,
  state: SideState & { kind: 'responded' },
  situation: Situation,
): Generator<Move> {
  const { knowledge, off } = situation;
  // With the check there is one message that fits, and it can be sent or not.
  const [, committed] = state.commitment.parts;
  const parts = off.has('commitment')
    ? dhParts(side, situation, ownPart(side, off))
    : [committed].filter((part) => part !== undefined && knowledge.derives(part));
  for (const dhPartInitiator of parts) {
    if (dhPartInitiator === undefined) continue;
    for (const ciphertext of ciphertexts(situation)) {
      const flight = { dhPartInitiator, ciphertext };
      const confirming = takeReveal(side, flight, { state, off });
      if (confirming === undefined) continue;
      for (const confirm of confirmations(confirming, situation)) {
        const reaction = takeConfirmation(side, confirming, { confirm, off });
        if (reaction === undefined) continue;
        yield { action: { kind: 'reveal', to: side.name, ...flight, confirm }, reaction };
      }
    }
  }
}

/**
 * Every DHPart that this side would take and that can be made: those that were seen, and every mixture
 * of seen and own values with an own nonce. A mixture with somebody else's nonce would equal nothing
 * that an own nonce does not: no check looks at the nonce alone.
 *
 * @param against  the part that the side has already shown: then nonces can be searched for.
 */
function* dhParts(side: Side, situation: Situation, against: DhPart | undefined): Generator<Term> {
  const { knowledge, off, exchanges } = situation;
  const seen = seenParts(knowledge);
  const role: Role = side.role === 'initiator' ? 'responder' : 'initiator';
  for (const part of seen) if (takesPart(side, part, off)) yield encodeDhPart(part);
  const kemKeys =
    role === 'responder' && !off.has('kem') ? ofKind('kem-key', knowledge) : [undefined];
  const identities = ofKind('verification-key', knowledge);
  const ephemerals = [...ofKind('public-value', knowledge), lowOrderPoint];
  const wanted = { ...side.parameters, participantId: side.peerId };
  for (const { suite, mode, callId, participantId } of distinctHeaders([wanted, ...seen])) {
    for (const identity of identities) {
      for (const ephemeral of ephemerals) {
        for (const kemKeyTerm of kemKeys) {
          const rest = {
            ...{ role, suite, mode, callId, participantId },
            ...{ identity, ephemeral, kemKey: kemKeyTerm },
          };
          if (!takesPart(side, { ...rest, nonce: own.nonce }, off)) continue;
          yield encodeDhPart({ ...rest, nonce: own.nonce });
          if (against === undefined) continue;
          for (const { code } of exchanges) {
            const nonce = groundNonce(rest, against, code);
            if (knowledge.derives(nonce)) yield encodeDhPart({ ...rest, nonce });
          }
        }
      }
    }
  }
}

type Header = Pick<DhPart, 'suite' | 'mode' | 'callId' | 'participantId'>;

function distinctHeaders(headers: readonly Header[]): readonly Header[] {
  const byIds = headers.map((header): [string, Header] => {
    const { suite, mode, callId, participantId } = header;
    return [[suite, mode, callId, participantId].map(({ id }) => id).join(), header];
  });
  return [...new Map(byIds).values()];
}

function* ciphertexts({ knowledge, off }: Situation): Generator<Term | undefined> {
  if (off.has('kem')) {
    yield undefined;
    return;
  }
  const made = ofKind('kem-key', knowledge).map((key) => encapsulate(key, own.kemSeed).ciphertext);
  yield* new Set([...ofKind('kem-ciphertext', knowledge), ...made]);
}

function* confirmations(state: Confirming, { knowledge, off }: Situation): Generator<ConfirmTerms> {
  const { role, identity } = state.peer;
  const [secretKey] = identity.parts;
  const right =
    secretKey === undefined ? [] : [signature(secretKey, signedBy(role, state.transcript))];
  const signatures = off.has('signature')
    ? [own.junkSignature, ...ofKind('signature', knowledge)]
    : right.filter((each) => knowledge.derives(each));
  for (const signed of signatures) {
    const tag = off.has('confirmation-mac') ? own.junk : macOf(role, state, signed);
    if (knowledge.derives(tag)) yield { signature: signed, mac: tag };
  }
}

function ofKind(operation: Term['operation'], knowledge: Knowledge): Term[] {
  return [...knowledge.seen].filter((seen) => seen.operation === operation);
}

function seenSuites(knowledge: Knowledge): Term[] {
  const committed = [...knowledge.seen].map(parseCommit).filter((commit) => commit !== undefined);
  return [...committed, ...seenParts(knowledge)].map(({ suite }) => suite);
}

function seenParts(knowledge: Knowledge): DhPart[] {
  return [...knowledge.seen].map(parseDhPart).filter((part) => part !== undefined);
}
