/** Who a request comes from, and what its handler may use. */
import { ProtocolError } from '@earshot/protocol';
import type { IceServer, ParticipantId } from '@earshot/protocol';
import type { Calls } from './calls.ts';
import type { Member } from './call.ts';
import type { Visitor } from './lobby.ts';
import type { RateLimits } from './rate-limits.ts';
import type { OperatorRecord } from './record.ts';
import type { Metrics } from './metrics.ts';
import type { Link, Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** What the server is made of, for handlers. */
export interface Services {
  readonly sessions: Sessions;
  readonly calls: Calls;
  readonly rateLimits: RateLimits;
  readonly metrics: Metrics;
  /** The lab only. */
  readonly record: OperatorRecord | undefined;
  readonly isDraining: () => boolean;
  readonly iceServersFor: (participantId: ParticipantId) => IceServer[];
}

/** One connection, as handlers see it. */
export interface Caller {
  readonly services: Services;
  /** Network address, for limits; never logged. */
  readonly address: string;
  readonly link: Link;
  session: Session | undefined;
  /** Runs `action` once the answer is on its way, if the socket is still there then. */
  afterAnswer(action: () => void): void;
}

/** @throws ProtocolError `no-session` */
export function requireSession({ session }: Pick<Caller, 'session'>): Session {
  if (session === undefined || session.isEnded) throw new ProtocolError('no-session');
  return session;
}

/** @throws ProtocolError `no-session`, `not-joined` */
export function requireMember(caller: Pick<Caller, 'session'>): Member {
  const { member } = requireSession(caller);
  if (member === undefined) throw new ProtocolError('not-joined');
  return member;
}

/** A place in a call or in its lobby. @throws ProtocolError `no-session`, `not-joined` */
export function requirePlace(caller: Pick<Caller, 'session'>): Visitor {
  const { member, visitor } = requireSession(caller);
  const place = member ?? visitor;
  if (place === undefined) throw new ProtocolError('not-joined');
  return place;
}
