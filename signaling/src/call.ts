/** A call: who is in it and in its lobby, in which order they came, and for rooms the media they share. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import {
  limits,
  ProtocolError,
  type CallId,
  type EventName,
  type EventPayload,
  type LeaveReason,
  type Participant,
  type ParticipantId,
} from '@earshot/protocol';
import { newParticipantId } from './ids.ts';
import { Lobby, toPeer, type Visitor } from './lobby.ts';
import type { Room } from './room.ts';
import type { Session } from './session.ts';

/** A session's place in a call. */
export interface Member extends Visitor {
  readonly name: string;
  isMuted: boolean;
}

export interface CallOptions {
  readonly id: CallId;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  /** People in a room. */
  readonly roomCapacity: number;
  /** Opens the media side of a room; unused in direct calls. */
  readonly room: Room | undefined;
  /** The roster became empty, or is no longer. */
  readonly onEmptyChanged: (call: Call) => void;
}

export class Call {
  readonly id: CallId;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly capacity: number;
  readonly #room: Room | undefined;
  readonly #onEmptyChanged: (call: Call) => void;
  readonly #members = new Map<ParticipantId, Member>();
  readonly #lobby = new Lobby();
  #nextOrder = 0;
  #isClosed = false;

  constructor(options: CallOptions) {
    this.id = options.id;
    this.mode = options.mode;
    this.topology = options.topology;
    this.capacity = options.topology === 'direct' ? limits.directCapacity : options.roomCapacity;
    this.#room = options.room;
    this.#onEmptyChanged = options.onEmptyChanged;
  }

  get size(): number {
    return this.#members.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws ProtocolError `wrong-topology` in direct calls */
  get room(): Room {
    if (this.#room === undefined) throw new ProtocolError('wrong-topology');
    return this.#room;
  }

  /** What the invite link says must be what the call is; another mode is never negotiated. */
  requireKind(kind: { mode: KeyingMode; topology: Topology }): void {
    if (kind.mode !== this.mode || kind.topology !== this.topology) {
      throw new ProtocolError('mode-refused');
    }
  }

  /** @throws ProtocolError `call-unknown`, `call-full`, `already-joined` */
  enterLobby(session: Session): Visitor {
    if (session.visitor !== undefined) throw new ProtocolError('already-joined');
    this.requireSeatFor(session);
    const visitor = this.#newVisitor(session);
    this.#lobby.add(visitor);
    if (this.#agreesInLobby) this.send('peerArrived', { peer: toPeer(visitor) });
    return visitor;
  }

  /** Idempotent; who has joined is no longer there. */
  leaveLobby(visitor: Visitor): void {
    if (!this.#lobby.remove(visitor)) return;
    if (this.#agreesInLobby) this.send('peerGone', { participantId: visitor.id });
  }

  /**
   * Whether the session could join now.
   * @throws ProtocolError `call-unknown`, `call-full`, `already-joined`
   */
  requireSeatFor({ member, visitor }: Session): void {
    if (this.#isClosed) throw new ProtocolError('call-unknown');
    const isElsewhere = visitor !== undefined && visitor.call !== this;
    if (member !== undefined || isElsewhere) throw new ProtocolError('already-joined');
    if (this.size >= this.capacity) throw new ProtocolError('call-full');
  }

  /**
   * With the id and order that the session was given in the lobby, if it is there.
   * @throws ProtocolError like `requireSeatFor`; whoever is in the lobby stays there then
   */
  join(session: Session, { name, isMuted }: { name: string; isMuted: boolean }): Member {
    this.requireSeatFor(session);
    const visitor = session.visitor ?? this.#newVisitor(session);
    this.#lobby.remove(visitor);
    const member: Member = { ...visitor, name, isMuted };
    this.#members.set(member.id, member);
    session.member = member;
    this.sendToOthers(member, 'participantJoined', { participant: toParticipant(member) });
    this.#lobby.send('peerArrived', { peer: toPeer(member) });
    if (this.#agreesInLobby) {
      for (const waiting of this.#lobby.visitors) {
        session.send('peerArrived', { peer: toPeer(waiting) });
      }
    }
    if (this.size === 1) this.#onEmptyChanged(this);
    return member;
  }

  /** Idempotent. */
  leave(member: Member, reason: LeaveReason): void {
    if (!this.#members.delete(member.id)) return;
    member.session.member = undefined;
    const producer = this.#room?.removeParticipant(member.id);
    if (producer !== undefined) {
      const { producerId, participantId } = producer;
      this.send('producerRemoved', { producerId, participantId });
    }
    this.send('participantLeft', { participantId: member.id, reason });
    this.#lobby.send('peerGone', { participantId: member.id });
    if (this.size === 0) this.#onEmptyChanged(this);
  }

  setMuted(member: Member, { isMuted }: { isMuted: boolean }): void {
    member.isMuted = isMuted;
    this.announceUpdate(member);
  }

  /** Tells the others that the member muted, or that its socket dropped or came back. */
  announceUpdate(member: Member): void {
    this.sendToOthers(member, 'participantUpdated', { participant: toParticipant(member) });
  }

  /** By join order, which is that of coming to the lobby. */
  get members(): readonly Member[] {
    return [...this.#members.values()].sort((one, other) => one.order - other.order);
  }

  others(member: Member): Member[] {
    return this.members.filter(({ id }) => id !== member.id);
  }

  /** @throws ProtocolError `participant-unknown`, also for the member itself */
  other(member: Member, id: ParticipantId): Member {
    const found = id === member.id ? undefined : this.#members.get(id);
    if (found === undefined) throw new ProtocolError('participant-unknown');
    return found;
  }

  /**
   * Whom envelopes may go to: those in the call and, from there, also those in the lobby.
   * @throws ProtocolError `participant-unknown`, also for the sender itself
   */
  peer(sender: Visitor, id: ParticipantId): Visitor {
    const isMember = this.#members.has(sender.id);
    const found = this.#members.get(id) ?? (isMember ? this.#lobby.find(id) : undefined);
    if (found === undefined || id === sender.id) throw new ProtocolError('participant-unknown');
    return found;
  }

  send<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const { session } of this.#members.values()) session.send(name, payload);
  }

  sendToOthers<E extends EventName>(member: Member, name: E, payload: EventPayload<E>): void {
    for (const { session } of this.others(member)) session.send(name, payload);
  }

  /** Idempotent. The roster must be empty, or the server stopping; whoever is in the lobby is put out. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lobby.close();
    this.#room?.close();
  }

  /** In the other modes nobody in the call needs to know who might come. */
  get #agreesInLobby(): boolean {
    return this.mode === 'e2ee';
  }

  #newVisitor(session: Session): Visitor {
    return { call: this, session, id: newParticipantId(), order: this.#nextOrder++ };
  }
}

/** As the others see it. */
export function toParticipant({ id, name, order, isMuted, session }: Member): Participant {
  return { id, name, order, isMuted, isConnected: session.isConnected };
}
