/** What both sides confirm: everything that either relied on. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '../bytes.ts';
import { handshakeLabels } from './labels.ts';
import { handshakeVersion } from './messages.ts';
import { uint16 } from './wire.ts';

export interface Transcript {
  readonly mode: string;
  readonly callId: string;
  readonly initiatorId: string;
  readonly responderId: string;
  /** The messages as they travelled. */
  readonly commit: Uint8Array;
  readonly dhPartResponder: Uint8Array;
  readonly dhPartInitiator: Uint8Array;
  readonly kem: Uint8Array;
}

/** SHA-256 over the label and every field in this order, each with a 2-byte length. 32 bytes. */
export function transcriptHash(transcript: Transcript): Uint8Array {
  const fields = [
    handshakeLabels.transcript,
    Uint8Array.of(handshakeVersion),
    utf8ToBytes(transcript.mode),
    utf8ToBytes(transcript.callId),
    utf8ToBytes(transcript.initiatorId),
    utf8ToBytes(transcript.responderId),
    transcript.commit,
    transcript.dhPartResponder,
    transcript.dhPartInitiator,
    transcript.kem,
  ];
  return sha256(concatBytes(...fields.flatMap((field) => [uint16(field.length), field])));
}

/** What the initiator commits to before it has seen anything of the responder's. 32 bytes. */
export function commitmentTo(dhPartInitiator: Uint8Array): Uint8Array {
  return sha256(concatBytes(handshakeLabels.commitment, dhPartInitiator));
}
