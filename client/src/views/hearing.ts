/** Who can hear the call that is going on, by its mode and by what is proved about the people in it. */
import { modes, type KeyingMode, type ServerHears, type Topology } from '@earshot/keying/mode';
import type { CallState, LinkSecretState, RemotePerson } from '../call/call-state.ts';

/** Whether the link's secret, or a verified key of everyone, rules out somebody in between. */
export type Proof = 'proven' | 'unproven';

export interface Hearing {
  readonly serverHears: ServerHears;
  /** One sentence for people. */
  readonly statement: string;
}

export function hearingOf(kind: {
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly proof: Proof;
}): Hearing {
  const { whoCanHear, whoCanHearUnproven, serverHears } = modes[kind.mode];
  return kind.proof === 'unproven' && whoCanHearUnproven !== undefined
    ? { serverHears: 'active', statement: whoCanHearUnproven }
    : { serverHears: serverHears[kind.topology], statement: whoCanHear[kind.topology] };
}

/** Before anyone is met: what the link proves by itself. */
export function proofOfLink(linkSecret: LinkSecretState): Proof {
  return linkSecret === 'missing' ? 'unproven' : 'proven';
}

export function proofOfCall({ linkSecret, people }: CallState): Proof {
  const isEveryoneVerified = people.length > 0 && people.every(isVerified);
  return isEveryoneVerified ? 'proven' : proofOfLink(linkSecret);
}

export function isVerified({ keying }: RemotePerson): boolean {
  return keying.kind === 'secure' && keying.trust.kind === 'verified';
}

/** People whose safety code is there to be compared and was not. */
export function notVerified(people: readonly RemotePerson[]): readonly RemotePerson[] {
  return people.filter(
    (person) =>
      (person.keying.kind === 'secure' || person.keying.kind === 'held') && !isVerified(person),
  );
}
