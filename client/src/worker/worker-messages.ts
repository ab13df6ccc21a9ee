/**
 * Everything that the page and the crypto worker say to each other. No message to the page carries
 * a key; the one secret that goes in is the invite link's, which the page read from its address.
 */
import type { FrameCounts } from '@earshot/keying/frame-transform';
import type { SenderKeyStatus } from '@earshot/keying/session';
import type { Topology } from '@earshot/keying/mode';
import type { PeerKeying } from '../call/call-state.ts';

/**
 * Which way a frame pipe works. Travels as the transform's `options`. `pipeId`: unique per sender or receiver, so that
 * counts of a closed one do not vouch for its successor.
 */
export interface PipeOptions {
  readonly kind: 'seal' | 'open';
  readonly pipeId: string;
}

/** What an `sdes` call asks of its keys (RFC 4568). The lines go through the server by design. */
export type SdesQuestion =
  | { readonly op: 'offerLines' }
  | { readonly op: 'acceptOffer'; readonly peerId: string; readonly lines: readonly string[] }
  | { readonly op: 'acceptAnswer'; readonly peerId: string; readonly lines: readonly string[] }
  | { readonly op: 'announceLine' }
  | { readonly op: 'acceptAnnouncement'; readonly peerId: string; readonly line: string };

export type ToWorker =
  /** First of all: get ready for an `e2ee` call. */
  | { readonly type: 'warm-up' }
  | { readonly type: 'start-sdes' }
  /** In the lobby. */
  | {
      readonly type: 'start-e2ee';
      readonly callId: string;
      readonly selfId: string;
      readonly selfOrder: number;
      readonly topology: Topology;
      /** 32 bytes, transferred. The worker owns and wipes them. Undefined if the link has none. */
      readonly linkSecret: Uint8Array<ArrayBuffer> | undefined;
    }
  /** Agree on keys with them. Until they are met they are held, and the page is told nothing of it. */
  | { readonly type: 'add-peer'; readonly peerId: string; readonly order: number }
  /** Both are in the call, and may hear each other. */
  | {
      readonly type: 'meet-peer';
      readonly peerId: string;
      readonly order: number;
      /** As they typed it: with their key, what they are recognised by. */
      readonly name: string;
    }
  /** Somebody who is held may be talked to all the same. */
  | { readonly type: 'accept-peer'; readonly peerId: string }
  /** The safety code was compared with them and matches. */
  | { readonly type: 'verify-peer'; readonly peerId: string }
  | { readonly type: 'remove-peer'; readonly peerId: string }
  | {
      readonly type: 'envelope';
      readonly from: string;
      readonly kind: 'handshake' | 'sender-key';
      /** base64, as it travelled. */
      readonly data: string;
    }
  /** Whose frames an opening pipe is for. Until then, and so in a connection to nobody yet, it reads none. */
  | { readonly type: 'open-for'; readonly pipeId: string; readonly peerId: string }
  /** Answered by `sdes-answer` with the same id. */
  | { readonly type: 'sdes-question'; readonly id: number; readonly question: SdesQuestion }
  /** Answered by `counts` with the same id. */
  | { readonly type: 'count'; readonly id: number }
  /** A pair of `createEncodedStreams()`, transferred, where `RTCRtpScriptTransform` is missing. */
  | {
      readonly type: 'pipe';
      readonly options: PipeOptions;
      readonly readable: ReadableStream<RTCEncodedAudioFrame>;
      readonly writable: WritableStream<RTCEncodedAudioFrame>;
    }
  /** Wipe every key. Answered by `closed`. */
  | { readonly type: 'close' };

/** `bytes`: of the sealed frames, which is what the sender may send. */
export interface SealedCounts extends FrameCounts {
  readonly bytes: number;
}

export interface PipeCounts {
  /** Own frames by `pipeId`. */
  readonly sealed: Readonly<Record<string, SealedCounts>>;
  /** Their frames by peer id. */
  readonly opened: Readonly<Record<string, FrameCounts>>;
  /** Suite of the own frames, by its standard's name; undefined before `sdes` sides agreed on one. */
  readonly frameSuite: string | undefined;
}

export type FromWorker =
  | {
      readonly type: 'envelope';
      readonly to: string;
      readonly kind: 'handshake' | 'sender-key';
      /** base64 */
      readonly data: string;
    }
  | { readonly type: 'peer-state'; readonly peerId: string; readonly keying: PeerKeying }
  | { readonly type: 'sender-key'; readonly status: SenderKeyStatus }
  /** The sender's transform runs and seals: from here on the microphone may be opened. */
  | { readonly type: 'first-sealed'; readonly pipeId: string }
  /** Their key is here, and a frame of theirs was opened. */
  | { readonly type: 'first-opened'; readonly peerId: string }
  | {
      readonly type: 'sdes-answer';
      readonly id: number;
      readonly answer:
        | { readonly ok: true; readonly lines: readonly string[] }
        /** A KeyingErrorCode, or `internal`. */
        | { readonly ok: false; readonly code: string };
    }
  | { readonly type: 'counts'; readonly id: number; readonly counts: PipeCounts }
  /** This browser keeps no storage for the site: key and contacts last as long as the call. */
  | { readonly type: 'not-kept' }
  | { readonly type: 'closed' }
  /** The worker cannot go on. */
  | { readonly type: 'broken'; readonly message: string };

const fromWorkerTypes = {
  envelope: true,
  'peer-state': true,
  'sender-key': true,
  'first-sealed': true,
  'first-opened': true,
  'sdes-answer': true,
  counts: true,
  'not-kept': true,
  closed: true,
  broken: true,
} as const satisfies Record<FromWorker['type'], true>;

const toWorkerTypes = {
  'warm-up': true,
  'start-sdes': true,
  'start-e2ee': true,
  'add-peer': true,
  'meet-peer': true,
  'accept-peer': true,
  'verify-peer': true,
  'remove-peer': true,
  envelope: true,
  'open-for': true,
  'sdes-question': true,
  count: true,
  pipe: true,
  close: true,
} as const satisfies Record<ToWorker['type'], true>;

/** Both ends are built together, so the type decides; what is not ours at all is refused. */
export function isFromWorker(value: unknown): value is FromWorker {
  return hasTypeIn(value, fromWorkerTypes);
}

export function isToWorker(value: unknown): value is ToWorker {
  return hasTypeIn(value, toWorkerTypes);
}

/** The `options` of a script transform arrive untyped. */
export function isPipeOptions(value: unknown): value is PipeOptions {
  if (typeof value !== 'object' || value === null) return false;
  if (!('kind' in value) || !('pipeId' in value)) return false;
  return (value.kind === 'seal' || value.kind === 'open') && typeof value.pipeId === 'string';
}

function hasTypeIn(value: unknown, types: Readonly<Record<string, true>>): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string' && Object.hasOwn(types, value.type);
}
