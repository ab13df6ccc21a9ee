/** What the handshake is to achieve, each in the situation in which it is claimed. */
import { drawn, type Confirming, type Side, type SideState } from './e2ee-role.ts';
import type { Knowledge } from './knowledge.ts';
import { zeroPoint } from './term.ts';

export const e2eeGoals = [
  'secrecy',
  'agreement',
  'code',
  'pinned',
  'downgrade',
  'contribution',
  'post-quantum',
] as const;
export type E2eeGoal = (typeof e2eeGoals)[number];

export interface GoalRow {
  /** Heads a column. */
  readonly title: string;
  /** What is claimed. */
  readonly claim: string;
  /** The relay has what the link holds. */
  readonly knowsLink: boolean;
  /** Both have met before and hold each other's identity keys. */
  readonly havePinned: boolean;
  /** Every X25519 private value of the honest people is known, as to a quantum computer. */
  readonly knowsExponents: boolean;
  /** What people are told or built to want, also where it differs. */
  readonly varies: 'nothing' | 'parameters' | 'told-mode';
}

const plain = {
  knowsLink: false,
  havePinned: false,
  knowsExponents: false,
  varies: 'nothing',
} as const;

export const goalRows: Readonly<Record<E2eeGoal, GoalRow>> = {
  secrecy: {
    ...plain,
    title: 'secrecy',
    claim:
      'without the link, the relay never has a base key that one honest person sealed to another',
  },
  agreement: {
    ...plain,
    varies: 'parameters',
    title: 'agreement',
    claim:
      'without the link: who is secure with somebody, is so over the same messages, mode and suite',
  },
  code: {
    ...plain,
    knowsLink: true,
    title: 'equal codes',
    claim:
      'with the link: where both see the same code, both saw the same values, and the relay has no key',
  },
  pinned: {
    ...plain,
    knowsLink: true,
    havePinned: true,
    title: 'pinned',
    claim:
      'with the link: people who know each other from earlier are not swapped, codes compared or not',
  },
  downgrade: {
    ...plain,
    varies: 'told-mode',
    title: 'no downgrade',
    claim: 'nobody whose link says e2ee sends audio in another mode',
  },
  contribution: {
    ...plain,
    knowsLink: true,
    title: 'contribution',
    claim:
      'nobody, a participant neither, makes a pair end with an X25519 result that is the same for all keys',
  },
  'post-quantum': {
    ...plain,
    knowsLink: true,
    knowsExponents: true,
    title: 'post-quantum',
    claim:
      'with the link and every X25519 private value: where both codes are equal, no base key is known',
  },
};

export interface Standing {
  readonly side: Side;
  readonly state: SideState;
}

/** @param sides  everybody; a side whose peer is not among them talks to the attacker. */
export function isViolated(
  goal: E2eeGoal,
  sides: readonly Standing[],
  knowledge: Knowledge,
): boolean {
  switch (goal) {
    case 'secrecy':
    case 'pinned':
      return sides.some((one) => isDone(one) && partnerOf(one, sides) && leaks(one, knowledge));
    case 'agreement':
      return sides.some((one) => isDone(one) && !agreesWithPartner(one, sides));
    case 'code':
      return equalCodes(sides).some(
        ([one, other]) =>
          leaks(one, knowledge) || leaks(other, knowledge) || !sawSameValues(one, other),
      );
    case 'downgrade':
      return sides.some(({ state }) => state.kind === 'downgraded');
    case 'contribution':
      return sides.some((one) => isDone(one) && one.state.shared === zeroPoint);
    case 'post-quantum':
      return equalCodes(sides).some(
        ([one, other]) => leaks(one, knowledge) || leaks(other, knowledge),
      );
  }
}

type Done = Standing & { readonly state: SideState & { kind: 'done' } };

const isDone = (standing: Standing): standing is Done => standing.state.kind === 'done';

const leaks = ({ side }: Standing, knowledge: Knowledge): boolean =>
  knowledge.derives(drawn(side).baseKey);

/** The honest person's side towards this one, in the same call. */
function partnerOf({ side }: Standing, sides: readonly Standing[]): Standing | undefined {
  return sides.find(
    ({ side: other }) =>
      other.selfId === side.peerId &&
      other.peerId === side.selfId &&
      other.role !== side.role &&
      other.parameters.callId === side.parameters.callId,
  );
}

function equalCodes(sides: readonly Standing[]): [Done, Done][] {
  return sides.flatMap((one): [Done, Done][] => {
    const other = partnerOf(one, sides);
    if (one.side.role !== 'initiator' || other === undefined) return [];
    if (!isDone(one) || !isDone(other) || one.state.code !== other.state.code) return [];
    return [[one, other]];
  });
}

function agreesWithPartner(one: Done, sides: readonly Standing[]): boolean {
  const partner = partnerOf(one, sides);
  if (partner === undefined) return true;
  const { state } = partner;
  if (state.kind !== 'confirming' && state.kind !== 'done') return false;
  const { parameters } = one.state;
  return (
    sameExchange(one.state, state) &&
    parameters.suite === state.parameters.suite &&
    parameters.mode === state.parameters.mode &&
    parameters.callId === state.parameters.callId
  );
}

type Seen = Omit<Confirming, 'kind'>;

function sameExchange(one: Seen, other: Seen): boolean {
  return (
    one.commit === other.commit &&
    one.dhPartResponder === other.dhPartResponder &&
    one.dhPartInitiator === other.dhPartInitiator &&
    one.kem === other.kem
  );
}

function sawSameValues({ state: one }: Done, { state: other }: Done): boolean {
  return (
    one.dhPartInitiator === other.dhPartInitiator && one.dhPartResponder === other.dhPartResponder
  );
}
