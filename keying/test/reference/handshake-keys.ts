/**
 * The handshake's key schedule again, written from docs/keying/handshake.md: slow, by WebCrypto, and
 * with every label and order spelled out, so that a change of the schedule shows.
 */
import { ascii, hkdf, hmacSha256, joined, sha256 } from './web-hkdf.ts';

export interface ReferenceInput {
  readonly mode: string;
  readonly callId: string;
  readonly initiatorId: string;
  readonly responderId: string;
  readonly commit: Uint8Array;
  readonly dhPartResponder: Uint8Array;
  readonly dhPartInitiator: Uint8Array;
  readonly kem: Uint8Array;
  readonly x25519: Uint8Array;
  readonly kemSecret: Uint8Array;
  readonly linkSecret: Uint8Array;
}

async function referenceTranscript(input: ReferenceInput): Promise<Uint8Array> {
  const fields = [
    ascii('earshot 1 transcript'),
    Uint8Array.of(1),
    ascii(input.mode),
    ascii(input.callId),
    ascii(input.initiatorId),
    ascii(input.responderId),
    input.commit,
    input.dhPartResponder,
    input.dhPartInitiator,
    input.kem,
  ];
  const framed = fields.map((field) =>
    joined([Uint8Array.of(field.length >> 8, field.length & 255), field]),
  );
  return sha256(joined(framed));
}

export async function referenceKey(input: ReferenceInput, label: string): Promise<Uint8Array> {
  return hkdf({
    hash: 'SHA-256',
    salt: await referenceTranscript(input),
    ikm: joined([input.x25519, input.kemSecret, input.linkSecret]),
    info: ascii(label),
    length: 32,
  });
}

export async function referenceMac(
  input: ReferenceInput,
  label: string,
  signature: Uint8Array,
): Promise<Uint8Array> {
  const transcript = await referenceTranscript(input);
  return hmacSha256(await referenceKey(input, label), joined([transcript, signature]));
}

/** 24 bits for the emoji and 16 for the words, as indices. */
export async function referenceSas(
  dhPartInitiator: Uint8Array,
  dhPartResponder: Uint8Array,
): Promise<{ readonly emoji: readonly number[]; readonly words: readonly number[] }> {
  const ikm = await sha256(joined([dhPartInitiator, dhPartResponder]));
  const salt = ascii('earshot 1 sas');
  const derive = (label: string, length: number): Promise<Uint8Array> =>
    hkdf({ hash: 'SHA-256', ikm, salt, info: ascii(label), length });
  const bits = [...(await derive('earshot 1 sas emoji', 3))]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const emoji = [0, 6, 12, 18].map((at) => parseInt(bits.slice(at, at + 6), 2));
  return { emoji, words: [...(await derive('earshot 1 sas words', 2))] };
}
