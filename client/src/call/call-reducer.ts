/** The call as a state machine: (state, event) -> state, without effects. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { SenderKeyStatus } from '@earshot/keying/session';
import type { Rejection } from '@earshot/keying/errors';
import type { Participant, ParticipantId } from '@earshot/protocol';
import type {
  CallDetails,
  CallLinks,
  CallPhase,
  CallState,
  EndReason,
  LinkSecretState,
  PeerKeying,
  RemotePerson,
} from './call-state.ts';

/** What one round of measurements found. */
export interface Measurement {
  readonly selfLevel: number;
  readonly people: ReadonlyMap<ParticipantId, PersonMeasurement>;
  readonly details: Partial<CallDetails>;
}

export interface PersonMeasurement {
  readonly level: number;
  readonly isSpeaking: boolean;
  readonly dropped: Readonly<Partial<Record<Rejection, number>>>;
}

export type CallEvent =
  /** How many are in the call whose lobby this is. */
  | { readonly kind: 'in-call'; readonly participants: number }
  | { readonly kind: 'joining'; readonly name: string; readonly isMuted: boolean }
  | {
      readonly kind: 'joined';
      readonly participants: readonly Participant[];
      readonly isLab: boolean;
      readonly atMs: number;
    }
  | { readonly kind: 'person-joined'; readonly participant: Participant }
  | { readonly kind: 'person-updated'; readonly participant: Participant }
  | { readonly kind: 'person-left'; readonly id: ParticipantId }
  | { readonly kind: 'keying-changed'; readonly id: ParticipantId; readonly keying: PeerKeying }
  | { readonly kind: 'sender-key'; readonly status: SenderKeyStatus }
  | { readonly kind: 'signaling'; readonly link: 'up' | 'down' }
  | { readonly kind: 'media'; readonly link: 'up' | 'down' }
  | { readonly kind: 'muted'; readonly isMuted: boolean }
  | { readonly kind: 'not-kept' }
  | { readonly kind: 'audio-blocked'; readonly isBlocked: boolean }
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'ended'; readonly reason: EndReason };

export interface InitialCallOptions {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly linkSecret: LinkSecretState;
}

const noDetails: CallDetails = {
  codec: undefined,
  roundTripMs: undefined,
  jitterMs: undefined,
  packetsLost: 0,
  packetsSent: 0,
  framesSealed: 0,
  framesDropped: {},
  frameSuite: undefined,
  senderKey: undefined,
};

/** A call whose lobby is being entered. */
export function initialCallState(options: InitialCallOptions): CallState {
  return {
    phase: { kind: 'lobby' },
    mode: options.mode,
    topology: options.topology,
    linkSecret: options.linkSecret,
    isRemembered: true,
    isLab: false,
    selfName: '',
    isMuted: false,
    selfLevel: 0,
    links: { signaling: 'up', media: 'none' },
    isAudioBlocked: false,
    inCall: undefined,
    people: [],
    details: noDetails,
    joinedAt: undefined,
  };
}

/** An ended call stays as it is: late events of a torn-down engine change nothing. */
export function reduceCall(state: CallState, event: CallEvent): CallState {
  if (state.phase.kind === 'ended') return state;
  const next = applyEvent(state, event);
  return { ...next, phase: phaseOf(next) };
}

function applyEvent(state: CallState, event: CallEvent): CallState {
  switch (event.kind) {
    case 'in-call':
      return state.phase.kind === 'lobby' ? { ...state, inCall: event.participants } : state;
    case 'joining':
      return {
        ...state,
        ...{ phase: { kind: 'connecting' }, selfName: event.name, isMuted: event.isMuted },
      };
    case 'joined':
      return {
        ...state,
        isLab: event.isLab,
        joinedAt: event.atMs,
        people: sorted(event.participants.map((participant) => newPerson(state.mode, participant))),
      };
    case 'person-joined': {
      const { participant } = event;
      // Said again of somebody who is there, it changes nothing: the worker knows how far their keys are.
      if (state.people.some(({ id }) => id === participant.id)) return state;
      return { ...state, people: sorted([...state.people, newPerson(state.mode, participant)]) };
    }
    case 'person-updated':
      return changePerson(state, event.participant.id, (person) => ({
        ...person,
        name: event.participant.name,
        isMuted: event.participant.isMuted,
        isConnected: event.participant.isConnected,
      }));
    case 'person-left': {
      const people = state.people.filter((person) => person.id !== event.id);
      // The direct connection went with the only other person.
      const media = state.topology === 'direct' && people.length === 0 ? 'none' : state.links.media;
      return { ...state, people, links: { ...state.links, media } };
    }
    case 'keying-changed':
      return changePerson(state, event.id, (person) =>
        // Final: a pair that failed once is not trusted again.
        person.keying.kind === 'failed' ? person : { ...person, keying: event.keying },
      );
    case 'sender-key':
      return { ...state, details: { ...state.details, senderKey: event.status } };
    case 'signaling':
      return { ...state, links: { ...state.links, signaling: event.link } };
    case 'media':
      return { ...state, links: { ...state.links, media: mediaAfter(state.links, event.link) } };
    case 'muted':
      return { ...state, isMuted: event.isMuted, selfLevel: event.isMuted ? 0 : state.selfLevel };
    case 'not-kept':
      return { ...state, isRemembered: false };
    case 'audio-blocked':
      return { ...state, isAudioBlocked: event.isBlocked };
    case 'measured':
      return applyMeasurement(state, event.measurement);
    case 'ended':
      return { ...state, phase: { kind: 'ended', reason: event.reason }, selfLevel: 0 };
  }
}

function newPerson(mode: KeyingMode, participant: Participant): RemotePerson {
  return {
    ...participant,
    keying: mode === 'e2ee' ? { kind: 'agreeing' } : { kind: 'none' },
    level: 0,
    isSpeaking: false,
    dropped: {},
  };
}

function sorted(people: readonly RemotePerson[]): readonly RemotePerson[] {
  return people.toSorted((a, b) => a.order - b.order);
}

function changePerson(
  state: CallState,
  id: ParticipantId,
  change: (person: RemotePerson) => RemotePerson,
): CallState {
  return {
    ...state,
    people: state.people.map((person) => (person.id === id ? change(person) : person)),
  };
}

/** Media that never connected cannot be lost: it is still being set up. */
function mediaAfter(links: CallLinks, link: 'up' | 'down'): CallLinks['media'] {
  return link === 'down' && links.media === 'none' ? 'none' : link;
}

function applyMeasurement(state: CallState, measurement: Measurement): CallState {
  return {
    ...state,
    selfLevel: state.isMuted ? 0 : measurement.selfLevel,
    details: { ...state.details, ...measurement.details },
    people: state.people.map((person) => ({ ...person, ...measurement.people.get(person.id) })),
  };
}

/** Once joined, the phase follows from who is there, the links and the keys; only the end is a fact of its own. */
function phaseOf(state: CallState): CallPhase {
  const { phase, links, people } = state;
  if (phase.kind === 'ended' || state.joinedAt === undefined) return phase;
  if (links.signaling === 'down') return { kind: 'reconnecting', cause: 'signaling' };
  if (people.length === 0) return { kind: 'waiting' };
  if (links.media === 'down') return { kind: 'reconnecting', cause: 'media' };
  if (links.media === 'none') return { kind: 'connecting' };
  // Connected means that at least one person can be talked to.
  const hasKeys = people.some(({ keying }) => keying.kind === 'none' || keying.kind === 'secure');
  const isAgreeing = people.some(({ keying }) => keying.kind === 'agreeing');
  // A room goes on with people who failed; a direct call without its only pair of keys ends.
  const isRoomAlone = state.topology === 'room' && !isAgreeing;
  return hasKeys || isRoomAlone ? { kind: 'connected' } : { kind: 'connecting' };
}
