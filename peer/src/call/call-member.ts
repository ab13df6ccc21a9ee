/** Someone in a call without a browser: joins, agrees on keys, speaks Opus and hears it, in every mode and topology. */
import {
  createOpenTransform,
  createSealTransform,
  type EncodedFrame,
  type FrameCounts,
  type FrameTransform,
} from '@earshot/keying/frame-transform';
import type { Topology } from '@earshot/keying/mode';
import type { PeerKeyState } from '@earshot/keying/session';
import type { Participant, ParticipantId, ServerEvent } from '@earshot/protocol';
import type { EncodedSpeech } from '../speech/encoded-speech.ts';
import { startFrameClock } from '../speech/frame-clock.ts';
import type { OpusFrame } from '../speech/pcm.ts';
import { createCallKeys, type CallKeys, type MemberKeying } from './call-keys.ts';
import { CallMembership } from './call-membership.ts';
import { DirectMedia } from './direct-media.ts';
import type { MemberMedia, ProtectedFrame } from './member-media.ts';
import { RoomMedia, type RoomMediaOptions } from './room-media.ts';

export interface CallMemberOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  readonly name: string;
  readonly keying: MemberKeying;
  /** Each frame that opened, as it arrives. */
  readonly onFrame?: (from: ParticipantId, frame: OpusFrame) => void;
  /** Rooms: a speaker hears nobody, a listener says nothing. Default both. */
  readonly part?: RoomMediaOptions['part'];
}

export class CallMember {
  readonly self: Participant;
  /** What failed since joining, oldest first. */
  readonly failures: unknown[] = [];
  readonly #membership: CallMembership;
  readonly #keying: MemberKeying;
  readonly #keys: CallKeys;
  readonly #media: MemberMedia;
  readonly #onFrame: (from: ParticipantId, frame: OpusFrame) => void;
  readonly #sealing: FrameTransform;
  readonly #opening = new Map<ParticipantId, FrameTransform>();
  #stopSpeaking: (() => void) | undefined;

  private constructor(membership: CallMembership, options: CallMemberOptions) {
    this.#membership = membership;
    this.self = membership.self;
    this.#keying = options.keying;
    this.#onFrame = options.onFrame ?? (() => undefined);
    this.#keys = createCallKeys(options.keying, membership);
    for (const other of membership.joined.participants) this.#keys.addPeer(other);
    this.#sealing = createSealTransform({ sealer: this.#keys.sealer });
    const media = {
      membership,
      keys: this.#keys,
      part: options.part ?? 'both',
      onFrame: (frame: ProtectedFrame) => {
        this.#open(frame);
      },
      onFailure: (error: unknown) => this.failures.push(error),
    };
    this.#media = options.topology === 'room' ? new RoomMedia(media) : new DirectMedia(media);
    membership.listen((event) => {
      this.#receive(event);
    });
  }

  /** @throws ProtocolError the server's refusal */
  static async join(options: CallMemberOptions): Promise<CallMember> {
    const { serverUrl, callId, topology, name } = options;
    const membership = await CallMembership.join({
      ...{ serverUrl, callId, topology, name },
      ...{ mode: options.keying.mode, isMuted: false },
    });
    return new CallMember(membership, options);
  }

  /** Resolves when frames can pass (direct: with the other person there); rejects when they cannot. */
  get connected(): Promise<unknown> {
    return this.#media.connected;
  }

  /** The others, as of now. */
  get others(): ReadonlyMap<ParticipantId, Participant> {
    return this.#membership.others;
  }

  /** `e2ee`: keys with each of the others and of those in the lobby, as far as agreed. */
  get states(): ReadonlyMap<string, PeerKeyState> {
    return this.#keys.states;
  }

  /** Own frames sealed, and those dropped by reason. */
  get sealed(): FrameCounts {
    return this.#sealing.counts;
  }

  /** Frames of that participant opened, and those dropped by reason. */
  opened(from: ParticipantId): FrameCounts {
    return this.#opening.get(from)?.counts ?? { passed: 0, dropped: {} };
  }

  /**
   * Sends the speech in a loop, 50 frames a second, until stopped or closed; in place of an earlier one.
   * @returns stops it; idempotent.
   * @throws TypeError in `e2ee` at a variable rate: sizes tell through any encryption what is said
   */
  speak(speech: EncodedSpeech): () => void {
    if (this.#keying.mode === 'e2ee' && speech.rate === 'variable') {
      throw new TypeError('e2ee takes speech at a constant rate');
    }
    this.#stopSpeaking?.();
    const { frames } = speech;
    const stop = startFrameClock((index) => {
      const payload = frames[index % frames.length];
      if (payload !== undefined) this.#send(index, payload);
    });
    this.#stopSpeaking = stop;
    return stop;
  }

  /** Leaves the call: wipes the keys, closes every socket. Idempotent. */
  async close(): Promise<void> {
    this.#stopSpeaking?.();
    this.#keys.close();
    this.#membership.close();
    await this.#media.close();
  }

  #receive(event: ServerEvent): void {
    // Keys first: media ask them for what a description or producer announces.
    if (event.name === 'participantJoined') this.#keys.addPeer(event.payload.participant);
    else if (event.name === 'peerArrived') this.#keys.expectPeer(event.payload.peer);
    else if (event.name === 'envelope') this.#keys.receive(event.payload.from, event.payload);
    this.#media.receive(event);
    if (event.name === 'participantLeft' || event.name === 'peerGone') {
      this.#keys.removePeer(event.payload.participantId);
    }
  }

  #send(index: number, payload: Uint8Array): void {
    const frame = encodedFrame(payload, this.#media.timestampOf(index));
    this.#sealing.transform(frame, {
      enqueue: ({ data }) => {
        this.#media.send(index, new Uint8Array(data));
      },
    });
  }

  #open({ from, timestamp, payload }: ProtectedFrame): void {
    let opening = this.#opening.get(from);
    if (opening === undefined) {
      opening = createOpenTransform({ opener: this.#keys.openerFor(from) });
      this.#opening.set(from, opening);
    }
    opening.transform(encodedFrame(payload, timestamp), {
      enqueue: ({ data }) => {
        this.#onFrame(from, { timestamp, payload: new Uint8Array(data) });
      },
    });
  }
}

/** As the transforms of browsers take it. A copy: the caller's bytes stay as they are. */
function encodedFrame(payload: Uint8Array, timestamp: number): EncodedFrame {
  return { data: new Uint8Array(payload).buffer, timestamp, getMetadata: () => ({}) };
}
