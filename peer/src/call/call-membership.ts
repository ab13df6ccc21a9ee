/** One participant's seat in a call: who else is there, and the events since joining, none left out. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import {
  callId as callIdSchema,
  type CallId,
  type Participant,
  type ParticipantId,
  type RequestInput,
  type RequestResult,
  type ServerEvent,
  type Verb,
} from '@earshot/protocol';
import { SignalingPeer } from '../signaling-peer.ts';

export interface MembershipOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  readonly name: string;
  readonly isMuted: boolean;
}

export class CallMembership {
  readonly callId: CallId;
  readonly joined: RequestResult<'join'>;
  readonly #peer: SignalingPeer;
  readonly #others: Map<ParticipantId, Participant>;
  readonly #early: ServerEvent[];
  #onEvent: ((event: ServerEvent) => void) | undefined;

  private constructor(
    peer: SignalingPeer,
    seat: { callId: CallId; joined: RequestResult<'join'>; early: ServerEvent[] },
  ) {
    this.#peer = peer;
    this.callId = seat.callId;
    this.joined = seat.joined;
    this.#early = seat.early;
    this.#others = new Map(seat.joined.participants.map((other) => [other.id, other]));
  }

  /** @throws ProtocolError the server's refusal */
  static async join(options: MembershipOptions): Promise<CallMembership> {
    const { serverUrl, mode, topology, name, isMuted } = options;
    const callId = callIdSchema.parse(options.callId);
    // Events may come before there is anyone to handle them.
    const early: ServerEvent[] = [];
    let deliver = (event: ServerEvent): void => void early.push(event);
    const peer = await SignalingPeer.open({ serverUrl, onEvent: (event) => deliver(event) });
    try {
      const joined = await peer.request('join', { callId, mode, topology, name, isMuted });
      const membership = new CallMembership(peer, { callId, joined, early });
      deliver = (event) => membership.#receive(event);
      return membership;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  get self(): Participant {
    return this.joined.self;
  }

  /** The others, as of now. */
  get others(): ReadonlyMap<ParticipantId, Participant> {
    return this.#others;
  }

  /** From now on events go to `onEvent`, those since joining first. Once. */
  listen(onEvent: (event: ServerEvent) => void): void {
    if (this.#onEvent !== undefined) throw new TypeError('someone listens already');
    this.#onEvent = onEvent;
    for (const event of this.#early.splice(0)) this.#receive(event);
  }

  /** @throws ProtocolError the server's refusal */
  request<V extends Verb>(verb: V, input: RequestInput<V>): Promise<RequestResult<V>> {
    return this.#peer.request(verb, input);
  }

  /** Drops the socket. Idempotent. */
  close(): void {
    this.#peer.close();
  }

  #receive(event: ServerEvent): void {
    if (this.#onEvent === undefined) {
      this.#early.push(event);
      return;
    }
    if (event.name === 'participantJoined' || event.name === 'participantUpdated') {
      this.#others.set(event.payload.participant.id, event.payload.participant);
    } else if (event.name === 'participantLeft') {
      this.#others.delete(event.payload.participantId);
    }
    this.#onEvent(event);
  }
}
