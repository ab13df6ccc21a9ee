import type { ParticipantId, ServerEvent } from '@earshot/protocol';
import type { CallKeys } from './call-keys.ts';
import type { CallMembership } from './call-membership.ts';

/** Where a member's protected frames go and come from: a room's transports, or the only other person. */
export interface MemberMedia {
  /** Resolves when frames can pass; rejects when they cannot. */
  readonly connected: Promise<unknown>;
  /** RTP timestamp of the own frame with that index, 20 ms each. */
  timestampOf(frameIndex: number): number;
  /** Sends a protected frame; lost where nobody is connected. */
  send(frameIndex: number, payload: Uint8Array): void;
  receive(event: ServerEvent): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A frame as it came, still protected. */
export interface ProtectedFrame {
  readonly from: ParticipantId;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

export interface MemberMediaOptions {
  readonly membership: CallMembership;
  readonly keys: CallKeys;
  readonly onFrame: (frame: ProtectedFrame) => void;
  /** Something failed after joining: somebody's key was refused, the media server was lost. */
  readonly onFailure: (error: unknown) => void;
}
