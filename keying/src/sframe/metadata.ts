import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '../bytes.ts';
import type { KeyingMode } from '../mode.ts';

/** What a frame belongs to. Never on the wire, always authenticated (RFC 9605 section 9.4). */
export interface FrameOrigin {
  readonly callId: string;
  readonly senderId: string;
  readonly mode: KeyingMode;
}

const label = 'earshot frame 1';

/**
 * Metadata for the AAD: 32 bytes, SHA-256 over the label and the three values, each with a 2-byte
 * length. A frame moved to another call, sender or mode does not open.
 */
export function frameMetadata({ callId, senderId, mode }: FrameOrigin): Uint8Array {
  const parts = [label, mode, callId, senderId].flatMap((text) => {
    const bytes = utf8ToBytes(text);
    return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes];
  });
  return sha256(concatBytes(...parts));
}
