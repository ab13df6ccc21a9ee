/** A call: who is in it, in which order they came, and for rooms the media they share. */
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
import type { Room } from './room.ts';
import type { Session } from './session.ts';

/** A session's place in a call. */
export interface Member {
  readonly call: Call;
  readonly session: Session;
  readonly id: ParticipantId;
  readonly name: string;
  readonly order: number;
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
  join(session: Session, { name, isMuted }: { name: string; isMuted: boolean }): Member {
    if (this.#isClosed) throw new ProtocolError('call-unknown');
    if (session.member !== undefined) throw new ProtocolError('already-joined');
    if (this.size >= this.capacity) throw new ProtocolError('call-full');
    const member: Member = {
      call: this,
      session,
      id: session.participantId,
      name,
      order: this.#nextOrder++,
      isMuted,
    };
    this.#members.set(member.id, member);
    session.member = member;
    this.sendToOthers(member, 'participantJoined', { participant: toParticipant(member) });
    if (this.size === 1) this.#onEmptyChanged(this);
    return member;
  }

  /** Idempotent. */
  leave(member: Member, reason: LeaveReason): void {
    if (!this.#members.delete(member.id)) return;
    member.session.member = undefined;
    member.session.renewParticipantId();
    const producer = this.#room?.removeParticipant(member.id);
    if (producer !== undefined) {
      const { producerId, participantId } = producer;
      this.send('producerRemoved', { producerId, participantId });
    }
    this.send('participantLeft', { participantId: member.id, reason });
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

  /** By join order: a Map keeps the order in which its keys came. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
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

  send<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const { session } of this.#members.values()) session.send(name, payload);
  }

  sendToOthers<E extends EventName>(member: Member, name: E, payload: EventPayload<E>): void {
    for (const { session } of this.others(member)) session.send(name, payload);
  }

  /** Idempotent. The roster must be empty, or the server stopping. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#room?.close();
  }
}

/** As the others see it. */
export function toParticipant({ id, name, order, isMuted, session }: Member): Participant {
  return { id, name, order, isMuted, isConnected: session.isConnected };
}
