/**
 * A nonce whose safety code has the two words that are wanted: what somebody in the middle does where
 * nothing binds the initiator to its values. 16 bits, some 65 thousand hashes, so that the replay takes
 * seconds; the four emoji are 24 bits, 256 times as many.
 */
import { createHmac, hash } from 'node:crypto';
import type { E2eeAction } from '../e2ee-attacker.ts';
import { parseDhPart } from '../e2ee-messages.ts';
import type { ByteTerms } from './byte-terms.ts';

const nonceBytes = 32;
const wordBytes = 2;

/** Finds the nonce that the trace says was searched for, if it says so, and binds it. */
export function searchNonce(action: E2eeAction, bytes: ByteTerms): void {
  if (action.kind !== 'reveal') return;
  const nonce = parseDhPart(action.dhPartInitiator)?.nonce;
  if (nonce?.operation !== 'ground-nonce') return;
  const [other, target] = nonce.parts.slice(-2);
  const [targetInitiator, targetResponder] = target?.parts ?? [];
  if (other === undefined || targetInitiator === undefined || targetResponder === undefined) return;
  const wanted = wordsOf(bytes.bytesOf(targetInitiator), bytes.bytesOf(targetResponder));
  bytes.bind(nonce, new Uint8Array(nonceBytes));
  const part = Buffer.from(bytes.bytesOf(action.dhPartInitiator));
  const responder = bytes.bytesOf(other);
  // The nonce ends the initiator's part.
  const at = part.length - nonceBytes;
  for (let counter = 0; ; counter++) {
    part.writeUInt32BE(counter, at);
    if (wordsOf(part, responder).equals(wanted)) break;
  }
  bytes.bind(nonce, part.subarray(at));
  bytes.bind(action.dhPartInitiator, part);
}

/** docs/keying/handshake.md, "The string that people compare". */
function wordsOf(initiator: Uint8Array, responder: Uint8Array): Buffer {
  const digest = hash('sha256', Buffer.concat([initiator, responder]), 'buffer');
  const prk = createHmac('sha256', 'earshot 1 sas').update(digest).digest();
  const block = createHmac('sha256', prk).update('earshot 1 sas words').update('\x01').digest();
  return block.subarray(0, wordBytes);
}
