/** What the operator's page shows, as one value. */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { ParticipantId } from '@earshot/protocol';
import type { RelayedMessage } from './lab-event.ts';
import type { RelayedText } from './relayed-text.ts';

/** `live`: the stream runs. `unknown-call` and `lost`: as a stream ends; it is asked for again. */
export type LinkState = 'connecting' | 'live' | 'unknown-call' | 'lost';

export interface LabPerson {
  readonly id: ParticipantId;
  /** Undefined for who left before this page was opened. */
  readonly name: string | undefined;
  readonly isPresent: boolean;
  /** Forwarded since this page was opened; 0 in direct calls. */
  readonly packets: number;
  readonly bytes: number;
  /** Of these, what the server can play. */
  readonly opened: number;
}

export interface LabMessage {
  /** Counts from 1 over the whole call. */
  readonly number: number;
  readonly message: RelayedMessage;
  readonly text: RelayedText;
}

export interface LabState {
  readonly link: LinkState;
  readonly call: { readonly mode: KeyingMode; readonly topology: Topology } | undefined;
  readonly people: readonly LabPerson[];
  /** The latest ones, newest last. */
  readonly messages: readonly LabMessage[];
  /** Relayed before the first of these. */
  readonly earlierMessages: number;
  readonly skippedPackets: number;
  readonly isListening: boolean;
}

export const beforeAnything: LabState = {
  link: 'connecting',
  call: undefined,
  people: [],
  messages: [],
  earlierMessages: 0,
  skippedPackets: 0,
  isListening: false,
};
