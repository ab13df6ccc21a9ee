/**
 * The short authentication string (RFC 6189 section 4.5.2 has the idea): what two people compare
 * to know that nobody sits between them.
 *
 * It is taken over the two DHParts only. The initiator is bound to its own by the commitment before
 * it sees the responder's, and the responder sends its own before the initiator's is revealed, so
 * neither can search for a value that makes two different handshakes show the same string.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../bytes.ts';
import { expand, extract } from '../hkdf.ts';
import type { ShortAuthenticationString } from './handshake-ports.ts';
import { handshakeLabels } from './labels.ts';
import { sasEmoji } from './sas-emoji.ts';
import { sasWords } from './sas-words.ts';

/** 4 emoji of 6 bits. */
const emojiBytes = 3;
const bitsPerEmoji = 6;
const bitsPerByte = 8;
/** Two words of 8 bits. */
const wordBytes = 2;

/** @param parts both DHPart messages as they travelled. */
export function shortAuthenticationString(parts: {
  readonly dhPartInitiator: Uint8Array;
  readonly dhPartResponder: Uint8Array;
}): ShortAuthenticationString {
  const digest = sha256(concatBytes(parts.dhPartInitiator, parts.dhPartResponder));
  const prk = extract(sha256, digest, handshakeLabels.sas);
  const emoji = expand(sha256, prk, { info: handshakeLabels.sasEmoji, length: emojiBytes });
  const words = expand(sha256, prk, { info: handshakeLabels.sasWords, length: wordBytes });
  return {
    emoji: sixBitGroups(emoji).map((index) => pick(sasEmoji, index)),
    words: [...words].map((index) => pick(sasWords, index)),
  };
}

/** Big-endian groups of 6 bits. */
function sixBitGroups(bytes: Uint8Array): number[] {
  const bits = [...bytes].reduce((sum, byte) => sum * 2 ** bitsPerByte + byte, 0);
  const count = (bytes.length * bitsPerByte) / bitsPerEmoji;
  return Array.from(
    { length: count },
    (_, i) => Math.floor(bits / 2 ** (bitsPerEmoji * (count - 1 - i))) % 2 ** bitsPerEmoji,
  );
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
