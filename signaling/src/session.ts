/**
 * One client's session: outlives its socket by the lease, numbers its events, remembers its answers.
 * Knows nothing of sockets: a `Link` is what a connection lends it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  limits,
  type Answer,
  type EventFrame,
  type EventName,
  type EventPayload,
  type ResumeToken,
  type SessionId,
  type Verb,
} from '@earshot/protocol';
import { AnswerCache } from './answers.ts';
import type { Member } from './call.ts';
import { newResumeToken } from './ids.ts';
import type { Visitor } from './lobby.ts';

/** The socket that a session speaks through at the moment. */
export interface Link {
  deliver(frame: EventFrame): void;
  /** Idempotent. */
  close(): void;
}

/** Events kept per session hold at most this many bytes of JSON, whatever their number. */
const backlogBytes = 1024 * 1024;

interface KeptEvent {
  readonly frame: EventFrame;
  readonly bytes: number;
}

export class Session {
  readonly id: SessionId;
  /** The caller's network address, for limits; never logged. */
  readonly address: string;
  readonly answers = new AnswerCache<Answer<Verb>>();
  /** Where this session is a participant. Set and cleared by the call. */
  member: Member | undefined;
  /** Where it is about to be one. Set and cleared by the lobby: it is never in both. */
  visitor: Visitor | undefined;
  /** The latest `join`, which may be in hand still. Never rejects. */
  joining: Promise<unknown> | undefined;
  #tokenHash: Buffer | undefined;
  #previousTokenHash: Buffer | undefined;
  #link: Link | undefined;
  #lastSeq = 0;
  #kept: KeptEvent[] = [];
  #keptBytes = 0;
  #isEnded = false;

  constructor(id: SessionId, address: string) {
    this.id = id;
    this.address = address;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Whether `link` is the one this session speaks through. */
  isLinkedTo(link: Link): boolean {
    return this.#link === link;
  }

  /**
   * A fresh token. The one before it stays valid until `confirmToken`: if the answer that carries
   * the new one is lost with its socket, the client can only present the old one.
   */
  rotateToken(): ResumeToken {
    const token = newResumeToken();
    this.#previousTokenHash = this.#tokenHash;
    this.#tokenHash = hashToken(token);
    return token;
  }

  /** The client was heard after it was given its token, so it has it. */
  confirmToken(): void {
    this.#previousTokenHash = undefined;
  }

  acceptsToken(token: ResumeToken): boolean {
    const presented = hashToken(token);
    return [this.#tokenHash, this.#previousTokenHash].some(
      (known) => known !== undefined && timingSafeEqual(known, presented),
    );
  }

  /** Whether every event after `lastEvent` is still kept. */
  canReplayAfter(lastEvent: number): boolean {
    const oldest = this.#kept[0]?.frame.seq ?? this.#lastSeq + 1;
    return lastEvent <= this.#lastSeq && lastEvent >= oldest - 1;
  }

  /** Speaks through `link` from now on, beginning with the events after `lastEvent`. */
  attach(link: Link, lastEvent: number): void {
    this.#link = link;
    for (const { frame } of this.#kept) if (frame.seq > lastEvent) link.deliver(frame);
  }

  /** Lets go of the socket; events are kept until another is attached. Returns the link it had. */
  detach(): Link | undefined {
    const link = this.#link;
    this.#link = undefined;
    return link;
  }

  /** Sends an event, or keeps it for the next socket. Kept either way: a send may be lost with its socket. */
  send<E extends EventName>(name: E, payload: EventPayload<E>): void {
    if (this.#isEnded) return;
    const frame: EventFrame = { seq: ++this.#lastSeq, name, payload };
    const bytes = Buffer.byteLength(JSON.stringify(frame));
    this.#kept.push({ frame, bytes });
    this.#keptBytes += bytes;
    while (this.#kept.length > limits.sessionBacklog || this.#keptBytes > backlogBytes) {
      this.#keptBytes -= this.#kept.shift()?.bytes ?? 0;
    }
    this.#link?.deliver(frame);
  }

  /** The next number, for an event that belongs to one socket only and is not replayed. */
  get nextSeq(): number {
    return this.#lastSeq + 1;
  }

  end(): void {
    this.#isEnded = true;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#tokenHash = undefined;
    this.#previousTokenHash = undefined;
  }
}

function hashToken(token: ResumeToken): Buffer {
  return createHash('sha256').update(token).digest();
}
