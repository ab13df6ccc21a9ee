/** All sessions: made, resumed, and ended when their lease runs out. */
import { ProtocolError, type LeaveReason, type SessionId } from '@earshot/protocol';
import type { RequestInput } from '@earshot/protocol';
import { newSessionId } from './ids.ts';
import { Session, type Link } from './session.ts';

export interface SessionsOptions {
  /** How long a session outlives its socket, in milliseconds. */
  readonly leaseMs: number;
  readonly capacity: number;
  /** A session ended; called once each, while it is still in its call or lobby. */
  readonly onEnded: (session: Session, reason: LeaveReason) => void;
  /** Its socket dropped or came back. */
  readonly onConnectedChanged: (session: Session) => void;
}

type Resume = NonNullable<RequestInput<'hello'>['resume']>;

export class Sessions {
  readonly leaseMs: number;
  readonly #options: SessionsOptions;
  readonly #byId = new Map<SessionId, Session>();
  readonly #leases = new Map<SessionId, NodeJS.Timeout>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.leaseMs = options.leaseMs;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): readonly Session[] {
    return [...this.#byId.values()];
  }

  /**
   * A new session without a socket: its lease runs until one is attached.
   * @throws ProtocolError `server-full`
   */
  create(address: string): Session {
    if (this.#byId.size >= this.#options.capacity) throw new ProtocolError('server-full');
    const session = new Session(newSessionId(), address);
    this.#byId.set(session.id, session);
    this.#startLease(session);
    return session;
  }

  /**
   * The session that `resume` proves a right to, taken from the socket that had it, if any.
   * @throws ProtocolError `session-expired`
   */
  resume({ sessionId, token, lastEvent }: Resume): Session {
    const session = this.#byId.get(sessionId);
    if (session === undefined || !session.acceptsToken(token)) {
      throw new ProtocolError('session-expired');
    }
    if (!session.canReplayAfter(lastEvent)) {
      // The client missed more than was kept: it must begin anew, and nobody else can go on with this one.
      this.end(session, 'lost');
      throw new ProtocolError('session-expired');
    }
    const older = session.detach();
    if (older !== undefined) {
      older.deliver({ seq: session.nextSeq, name: 'sessionReplaced', payload: {} });
      older.close();
    }
    this.#startLease(session);
    return session;
  }

  attach(session: Session, link: Link, lastEvent: number): void {
    if (session.isEnded) return;
    this.#stopLease(session);
    session.attach(link, lastEvent);
    this.#options.onConnectedChanged(session);
  }

  /** The socket behind `link` dropped. Nothing happens if the session went on in another one. */
  detach(session: Session, link: Link): void {
    if (session.isEnded || !session.isLinkedTo(link)) return;
    session.detach();
    this.#startLease(session);
    this.#options.onConnectedChanged(session);
  }

  /** Idempotent. Closes the session's socket. */
  end(session: Session, reason: LeaveReason): void {
    if (session.isEnded) return;
    this.#stopLease(session);
    this.#byId.delete(session.id);
    this.#options.onEnded(session, reason);
    const link = session.detach();
    session.end();
    // `bye` still has to be answered: its connection closes itself.
    if (reason !== 'left') link?.close();
  }

  close(): void {
    for (const session of this.all()) this.end(session, 'lost');
  }

  #startLease(session: Session): void {
    this.#stopLease(session);
    const timer = setTimeout(() => {
      this.end(session, 'lost');
    }, this.leaseMs);
    this.#leases.set(session.id, timer);
  }

  #stopLease(session: Session): void {
    clearTimeout(this.#leases.get(session.id));
    this.#leases.delete(session.id);
  }
}
