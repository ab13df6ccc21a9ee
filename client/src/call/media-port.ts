/** What the call needs of media, whichever way it travels. Implemented by direct-media.ts and room-media.ts. */
import type { KeyingMode } from '@earshot/keying/mode';
import type {
  EventPayload,
  IceServer,
  Participant,
  ParticipantId,
  RequestInput,
  RequestResult,
  Verb,
} from '@earshot/protocol';
import type { KeyWorker } from './key-worker.ts';
import type { MicrophoneGate } from './microphone-gate.ts';

/** The signaling session as media sees it. */
export interface MediaSignaling {
  request<V extends Verb>(verb: V, input: RequestInput<V>): Promise<RequestResult<V>>;
  readonly isUp: boolean;
}

export interface MediaOptions {
  readonly mode: KeyingMode;
  readonly self: Participant;
  readonly iceServers: readonly IceServer[];
  readonly signaling: MediaSignaling;
  /** Undefined in `dtls` only: everything else must attach it to every sender and receiver. */
  readonly keys: KeyWorker | undefined;
  /** Its track changes with the device: read it where it is used. */
  readonly microphone: Pick<MicrophoneGate, 'track' | 'stream'>;
  /** A new sender exists. The microphone stays closed until the worker sealed the first frame of `pipeId`. */
  readonly onSender: (pipeId: string) => void;
  readonly onReceiver: (personId: ParticipantId, receiver: RTCRtpReceiver) => void;
  readonly onReceiverGone: (personId: ParticipantId) => void;
  readonly onLink: (link: 'up' | 'down') => void;
  /** Media cannot go on. */
  readonly onFailure: (error: unknown) => void;
  /** The key that a person announced was refused: nothing of theirs may play (`sdes` rooms). */
  readonly onPersonRefused: (personId: ParticipantId, code: string) => void;
}

/** Statistics of every connection, taken at one moment. */
export interface MediaReport {
  /** The sender whose statistics these are; undefined while there is none. */
  readonly pipeId: string | undefined;
  readonly reports: readonly RTCStatsReport[];
  /** Whose each received track is. */
  readonly personByTrackId: ReadonlyMap<string, ParticipantId>;
}

/** Of media to nobody. */
export const noReport: MediaReport = {
  pipeId: undefined,
  reports: [],
  personByTrackId: new Map(),
};

/** Payloads of the events that media handles itself. */
export type MediaEvent = {
  [E in 'offer' | 'answer' | 'candidate' | 'producerAdded' | 'producerRemoved' | 'mediaLost']: {
    readonly name: E;
    readonly payload: EventPayload<E>;
  };
}['offer' | 'answer' | 'candidate' | 'producerAdded' | 'producerRemoved' | 'mediaLost'];

export interface CallMedia {
  /** Resolves when this side has said what it has to say to connect with them, or never will. */
  addPerson(person: Participant): Promise<void>;
  removePerson(personId: ParticipantId): void;
  receive(event: MediaEvent): void;
  /** Another microphone. Its transform stays. */
  replaceTrack(track: MediaStreamTrack): Promise<void>;
  /** The signaling session was resumed: what waited for it can go on. */
  signalingCameBack(): void;
  measure(): Promise<MediaReport>;
  /** Closes every connection. Idempotent. */
  close(): void;
}

let pipes = 0;

/** Of a sender or a receiver; unique in this page. */
export function newPipeId(): string {
  pipes++;
  return `pipe-${String(pipes)}`;
}
