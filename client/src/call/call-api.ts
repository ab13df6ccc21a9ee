/** What views may do with a call. Implemented by `call.ts`. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { CallState } from './call-state.ts';

/** An invite: everything that the link holds. Mode, topology and secret are in the fragment, which browsers do not send. */
export interface Invite {
  readonly callId: string;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  /** 32 bytes, base64url; `e2ee` only. */
  readonly linkSecret: string | undefined;
}

export interface CallHandle {
  readonly state: CallState;
  /** Called after every change; returns the unsubscription. */
  subscribe(listener: (state: CallState) => void): () => void;
  setMuted(isMuted: boolean): void;
  hangUp(): void;
  /** The person compared the safety code with `personId` and it differs: ends the call. */
  reportCodesDiffer(personId: string): void;
}

export interface JoinOptions {
  readonly invite: Invite;
  readonly name: string;
  readonly isMuted: boolean;
  /** `deviceId` of the microphone; undefined for the default one. */
  readonly microphoneId: string | undefined;
}
