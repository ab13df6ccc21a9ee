/**
 * The call as a value: what views render and what the reducer returns. No DOM, no sockets, no keys.
 */
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { SenderKeyStatus } from '@earshot/keying/session';
import type { Rejection } from '@earshot/keying/errors';
import type { ParticipantId } from '@earshot/protocol';
import type { Trust } from '../identity/trust.ts';

/** Why a call ended or could not begin. Wording for people: `client/src/views/reasons.ts`. */
export const endReasons = [
  'hung-up',
  /** The other person of a direct call left. */
  'other-left',
  'microphone-denied',
  'microphone-missing',
  /** A link whose fragment is cut off, or whose secret is not whole. */
  'link-incomplete',
  'call-unknown',
  'call-full',
  /** The server offers another mode or topology than the link says. */
  'mode-refused',
  /** This browser cannot transform encoded frames, so it cannot place sdes or e2ee calls. */
  'browser-unsupported',
  'server-unreachable',
  'server-stopped',
  /** The session could not be resumed in time. */
  'session-lost',
  /** The server answered again and did not know the session: it was restarted. */
  'session-forgotten',
  /** The call goes on in another tab or window. */
  'session-replaced',
  /** ICE could not connect or reconnect. */
  'connection-failed',
  /** A direct call's keys could not be agreed on: somebody changed them on the way, or has another link. */
  'handshake-failed',
  /** The person said that the safety codes do not match. */
  'codes-differ',
  /** Frames left this browser that were not sealed. Never seen in a browser that keeps its promises. */
  'unsealed-audio',
  'internal',
] as const;
export type EndReason = (typeof endReasons)[number];

export type CallPhase =
  /** Not joined. */
  | { readonly kind: 'lobby' }
  /** Opening the microphone, joining, setting up keys and media. */
  | { readonly kind: 'connecting' }
  /** Alone in the call. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'connected' }
  /** `cause`: the signaling socket dropped, or media stopped flowing. */
  | { readonly kind: 'reconnecting'; readonly cause: 'signaling' | 'media' }
  | { readonly kind: 'ended'; readonly reason: EndReason };

/** The short authentication string of a pair (`e2ee`). */
export interface SafetyCode {
  readonly emoji: readonly { readonly symbol: string; readonly name: string }[];
  readonly words: readonly string[];
}

/** Keys with one other person. */
export type PeerKeying =
  /** This mode has no keys that people agree on with each other. */
  | { readonly kind: 'none' }
  | { readonly kind: 'agreeing' }
  /** `trust`: what is known of their key from before, and whether it was verified. */
  | { readonly kind: 'secure'; readonly code: SafetyCode; readonly trust: Trust }
  /**
   * Agreed on, but not used: they seem to be a verified contact, with another key. Nothing of theirs
   * is played and they hold no key, until the person accepts or verifies them.
   */
  | { readonly kind: 'held'; readonly code: SafetyCode; readonly trust: Trust }
  /** Nothing of theirs is played, and nothing that they could open is sent. `code`: a KeyingErrorCode. */
  | { readonly kind: 'failed'; readonly code: string };

export interface RemotePerson {
  readonly id: ParticipantId;
  readonly name: string;
  readonly order: number;
  readonly isMuted: boolean;
  /** False while their socket is down. */
  readonly isConnected: boolean;
  readonly keying: PeerKeying;
  /** Loudness of what is played, 0 to 1. */
  readonly level: number;
  readonly isSpeaking: boolean;
  /** Frames from them dropped before the decoder, by reason. */
  readonly dropped: Readonly<Partial<Record<Rejection, number>>>;
}

export interface CallDetails {
  /** For example `opus/48000/2`; undefined until media flows. */
  readonly codec: string | undefined;
  readonly roundTripMs: number | undefined;
  readonly jitterMs: number | undefined;
  readonly packetsLost: number;
  readonly packetsSent: number;
  /** Own frames sealed by the worker (sdes, e2ee). */
  readonly framesSealed: number;
  /** Own frames dropped instead of being sent unsealed, by reason. */
  readonly framesDropped: Readonly<Partial<Record<Rejection, number>>>;
  /** Suite that protects frames, by its standard's name; undefined in dtls. */
  readonly frameSuite: string | undefined;
  /** The own sender key, how often it changed and why, and who does not hold it yet (`e2ee`). */
  readonly senderKey: SenderKeyStatus | undefined;
}

/** What the phase derives from, together with who is in the call. */
export interface CallLinks {
  /** The socket to the server. */
  readonly signaling: 'up' | 'down';
  /** `none` until media connected for the first time. */
  readonly media: 'none' | 'up' | 'down';
}

/**
 * Whether the invite link proves that nobody sits in between. `missing`: an `e2ee` link without its
 * secret; only comparing safety codes proves it then. `unused`: other modes have none.
 */
export type LinkSecretState = 'whole' | 'missing' | 'unused';

export interface CallState {
  readonly phase: CallPhase;
  readonly mode: KeyingMode;
  readonly topology: Topology;
  /** The server runs the interception lab; every screen says so. */
  readonly isLab: boolean;
  readonly linkSecret: LinkSecretState;
  /** False where the browser keeps no storage: own key and contacts last as long as the call (`e2ee`). */
  readonly isRemembered: boolean;
  /** Empty in the lobby. */
  readonly selfName: string;
  readonly isMuted: boolean;
  /** Loudness of the own microphone, 0 to 1; 0 while muted. */
  readonly selfLevel: number;
  readonly links: CallLinks;
  /** The browser does not play sound before a gesture: ask for any click or key, which resumes it by itself. */
  readonly isAudioBlocked: boolean;
  /** How many are in the call, as the lobby knew last; undefined until the server has answered. */
  readonly inCall: number | undefined;
  /** By join order; empty in the lobby. */
  readonly people: readonly RemotePerson[];
  readonly details: CallDetails;
  /** When the call was joined, milliseconds since the epoch. */
  readonly joinedAt: number | undefined;
}
