/**
 * What views may do with a call. Where it is implemented:
 * - `call.ts`: `openCall(invite): CallHandle`, in the call's lobby at first
 * - `create-call.ts`: `createCall({ mode, topology }): Promise<Invite>`, which rejects with `CallError`, whose
 *   `code` is an EndReason
 * - `invite-link.ts`: `toLink(invite, origin): string`, `parseLink(url): Invite | { error: 'link-incomplete' }`
 * - `microphone.ts`: `listMicrophones()`, `watchMicrophones(listener)`, and for the level meter of the join page
 *   `Microphone.preview(deviceId): Promise<MicrophonePreview>`, which rejects with `CallError`
 * - `call-reducer.ts`: `initialCallState({ mode, topology, linkSecret })`, a starting point for fixtures
 */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { CallState, EndReason } from './call-state.ts';

/** An invite: everything that the link holds. Mode, topology and secret are in the fragment, which browsers do not send. */
export interface Invite {
  readonly callId: string;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  /** 32 bytes, base64url; `e2ee` only, and missing from links that were passed on without it. */
  readonly linkSecret: string | undefined;
}

export interface CallHandle {
  readonly state: CallState;
  /** Called after every change; returns the unsubscription. */
  subscribe(listener: (state: CallState) => void): () => void;
  /** From the lobby; also while it is still being entered. The outcome is in the state. Once. */
  join(options: JoinOptions): void;
  setMuted(isMuted: boolean): void;
  /** Leaves the call, or its lobby. */
  hangUp(): void;
  /** The person compared the safety code with `personId` and it matches: their key is verified from now on. */
  reportCodesMatch(personId: string): void;
  /** The person takes the new key of `personId`, with whom the call was stopped. */
  acceptKey(personId: string): void;
  /** The person compared the safety code with `personId` and it differs: ends the call. */
  reportCodesDiffer(personId: string): void;
}

export interface JoinOptions {
  readonly name: string;
  readonly isMuted: boolean;
  /** `deviceId` of the microphone; undefined for the default one. */
  readonly microphoneId: string | undefined;
}

export interface MicrophoneDevice {
  readonly id: string;
  /** Empty until the microphone was allowed once. */
  readonly label: string;
}

export interface MicrophonePreview {
  /** Loudness now, 0 to 1. */
  level(): number;
  /** Releases the microphone. Idempotent. */
  close(): void;
}

/** An operation of the call engine that failed, with the reason that people are shown. */
export class CallError extends Error {
  readonly code: EndReason;

  constructor(code: EndReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CallError';
    this.code = code;
  }
}
