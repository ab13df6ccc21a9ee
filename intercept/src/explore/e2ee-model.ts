/** `e2ee`: two honest people and, where wanted, a third participant who is the relay's own. */
import type { E2eeDefencesOff } from './defences.ts';
import { movesAgainst, own, ownKnowledge, type E2eeAction } from './e2ee-attacker.ts';
import { goalRows, isViolated, type E2eeGoal, type Standing } from './e2ee-goals.ts';
import { noLinkSecret, type Parameters } from './e2ee-messages.ts';
import { drawn, start, type Confirming, type Side, type SideState } from './e2ee-role.ts';
import { Knowledge } from './knowledge.ts';
import type { Model } from './search.ts';
import { constant, fresh, verificationKey, type Term } from './term.ts';

export interface E2eeScenario {
  readonly goal: E2eeGoal;
  readonly off: E2eeDefencesOff;
  /** Which handshakes of honest people run. */
  readonly cast: Cast;
}

/**
 * - `pair`: alice and bob.
 * - `malicious-participant`: and mallory, who is the relay, in the call with alice.
 * - `two-calls`: alice and bob in two calls at once, with the same identities.
 */
export type Cast = 'pair' | 'malicious-participant' | 'two-calls';

export interface E2eeState {
  readonly sides: readonly Standing[];
  readonly knowledge: Knowledge;
  /** By the honest people, in the step that led here; at the beginning, all first messages. */
  readonly sent: readonly Term[];
}

export const names = {
  alice: constant('alice'),
  bob: constant('bob'),
  mallory: constant('mallory'),
  strong: constant('suite 1'),
  weak: constant('suite 3'),
  e2ee: constant('e2ee'),
  dtls: constant('dtls'),
  call: constant('call'),
  otherCall: constant('other-call'),
} as const;

/** Long-lived secrets; `link` is what the people of a call have from each other. */
export const secrets = {
  alice: fresh('id(alice)'),
  bob: fresh('id(bob)'),
  link: fresh('link secret'),
} as const;

export function e2eeModel(scenario: E2eeScenario): Model<E2eeState, E2eeAction> {
  const { goal, off } = scenario;
  return {
    initial: initialStates(scenario),
    *next({ sides, knowledge }) {
      const exchanges = sides.map(({ state }) => state).filter(hasCode);
      const situation = { knowledge, off, exchanges: exchanges.map(asConfirming) };
      for (const [index, { side, state }] of sides.entries()) {
        for (const { action, reaction } of movesAgainst(side, state, situation)) {
          const moved = { side, state: reaction.state };
          const { sent } = reaction;
          yield {
            action,
            state: { sides: sides.with(index, moved), knowledge: knowledge.with(sent), sent },
          };
        }
      }
    },
    keyOf: ({ sides }) => sides.map(keyOfSide).join(' '),
    isViolated: ({ sides, knowledge }) => isViolated(goal, sides, knowledge),
  };
}

const hasCode = (state: SideState): state is SideState & { kind: 'confirming' | 'done' } =>
  state.kind === 'confirming' || state.kind === 'done';

const asConfirming = (state: SideState & { kind: 'confirming' | 'done' }): Confirming => ({
  ...state,
  kind: 'confirming',
});

/** What was sent follows from this, and with it what the attacker knows. */
function keyOfSide({ side, state }: Standing): string {
  const { suite, mode } = side.parameters;
  const wanted = `${suite.id}/${mode.id}`;
  switch (state.kind) {
    case 'waiting':
    case 'committed':
    case 'downgraded':
      return `${wanted} ${state.kind}`;
    case 'responded':
      return `${wanted} responded ${state.commit.id}`;
    case 'confirming':
    case 'done': {
      const { commit, dhPartInitiator, dhPartResponder, kem } = state;
      const seen = [commit, dhPartInitiator, dhPartResponder, kem].map((each) => each?.id ?? '-');
      return `${wanted} ${state.kind} ${seen.join()}`;
    }
  }
}

function initialStates(scenario: E2eeScenario): E2eeState[] {
  const { goal, off } = scenario;
  return wantedBy(scenario).map(([wantedByAlice, wantedByBob]) => {
    const sides = sidesOf(scenario, wantedByAlice, wantedByBob);
    const started = sides.map((side) => ({ side, ...beginning(side, off) }));
    const { knowsLink, knowsExponents } = goalRows[goal];
    const knowledge = Knowledge.of([
      ...ownKnowledge,
      verificationKey(secrets.alice),
      verificationKey(secrets.bob),
      ...(knowsLink ? [secrets.link] : []),
      ...(knowsExponents ? sides.map((side) => drawn(side).exponent) : []),
      ...started.flatMap(({ sent }) => sent),
    ]);
    return {
      sides: started.map(({ side, state }) => ({ side, state })),
      knowledge,
      sent: started.flatMap(({ sent }) => sent),
    };
  });
}

/** A mode without end-to-end keys needs no handshake: the audio goes to the server's hop. */
function beginning(side: Side, off: E2eeDefencesOff): { state: SideState; sent: readonly Term[] } {
  if (side.parameters.mode !== names.e2ee && off.has('mode-in-fragment')) {
    return { state: { kind: 'downgraded' }, sent: [] };
  }
  return start(side, off);
}

/** What alice and bob go into the call with: what their links say, or what the server told each. */
function wantedBy({ goal, off }: E2eeScenario): [Parameters, Parameters][] {
  const usual = { suite: names.strong, mode: names.e2ee, callId: names.call };
  const differing = { ...usual, suite: names.weak };
  const otherMode = { ...usual, mode: names.dtls };
  switch (goalRows[goal].varies) {
    case 'nothing':
      return [[usual, usual]];
    case 'parameters':
      return [
        [usual, usual],
        [usual, differing],
        [differing, usual],
        [usual, otherMode],
        [otherMode, usual],
      ];
    case 'told-mode':
      // A client that reads its link does not take another mode, whatever it is told.
      if (!off.has('mode-in-fragment')) return [[usual, usual]];
      return [
        [usual, usual],
        [usual, otherMode],
        [otherMode, usual],
        [otherMode, otherMode],
      ];
  }
}

function sidesOf(scenario: E2eeScenario, byAlice: Parameters, byBob: Parameters): Side[] {
  const { goal, off, cast } = scenario;
  const linkSecret = off.has('link-secret') ? noLinkSecret : secrets.link;
  const pin = (key: Term): Term | undefined =>
    goalRows[goal].havePinned ? verificationKey(key) : undefined;
  const toBob = (parameters: Parameters): Side => ({
    ...{ name: `alice-bob ${parameters.callId.name}`, role: 'initiator', parameters, linkSecret },
    ...{
      selfId: names.alice,
      peerId: names.bob,
      identity: secrets.alice,
      pinned: pin(secrets.bob),
    },
  });
  const toAlice = (parameters: Parameters): Side => ({
    ...{ name: `bob-alice ${parameters.callId.name}`, role: 'responder', parameters, linkSecret },
    ...{
      selfId: names.bob,
      peerId: names.alice,
      identity: secrets.bob,
      pinned: pin(secrets.alice),
    },
  });
  const pair = [toBob(byAlice), toAlice(byBob)];
  switch (cast) {
    case 'pair':
      return pair;
    case 'malicious-participant':
      return [
        ...pair,
        {
          ...{ name: 'alice-mallory', role: 'initiator', parameters: byAlice, linkSecret },
          ...{ selfId: names.alice, peerId: names.mallory, identity: secrets.alice },
          pinned: goalRows[goal].havePinned ? verificationKey(own.identity) : undefined,
        },
      ];
    case 'two-calls': {
      const callId = names.otherCall;
      return [...pair, toBob({ ...byAlice, callId }), toAlice({ ...byBob, callId })];
    }
  }
}
