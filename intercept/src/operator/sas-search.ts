/**
 * Two handshakes in which somebody in between may still choose his own part after having seen the others':
 * the search for parts that make both people's safety codes show the same emoji. Meeting in the middle,
 * 24 bits take about 2^12 parts on either side.
 */
import { createHash, hkdfSync } from 'node:crypto';
import { TimeSlice } from '../measure/time-slice.ts';

export interface Candidates {
  /** The person's DHPart, as it came. */
  readonly dhPartResponder: Uint8Array;
  /** Of the searcher's own, towards that person. Its last 32 bytes, the nonce, are varied. */
  readonly dhPartInitiator: Uint8Array;
}

export interface EqualCodes {
  /** Own parts towards the first and the second person; undefined if there were none within the limit. */
  readonly parts: readonly [Uint8Array, Uint8Array] | undefined;
  /** Codes computed. */
  readonly tried: number;
}

/** As in keying/src/handshake/short-authentication-string.ts; its test compares the two. */
const salt = 'earshot 1 sas';
const info = 'earshot 1 sas emoji';
const emojiBytes = 3;
/** Far more than 24 bits need. */
const defaultMostTries = 2 ** 17;

/** Looks at one part towards each person in turn, until two of them give the same code. */
export async function searchEqualEmoji(
  first: Candidates,
  second: Candidates,
  mostTries = defaultMostTries,
): Promise<EqualCodes> {
  const slice = new TimeSlice();
  const sides = [new Side(first), new Side(second)] as const;
  for (let tried = 1; tried <= mostTries; tried++) {
    await slice.pause();
    const isFirst = tried % 2 === 1;
    const [own, other] = isFirst ? sides : ([sides[1], sides[0]] as const);
    const nonce = (tried + 1) >> 1;
    const code = own.codeWith(nonce);
    own.seen.set(code, nonce);
    const match = other.seen.get(code);
    if (match === undefined) continue;
    const parts = [own.partWith(nonce), other.partWith(match)] as const;
    return { parts: isFirst ? parts : [parts[1], parts[0]], tried };
  }
  return { parts: undefined, tried: mostTries };
}

/** What the four emoji stand for: 24 bits. */
function emojiNumber(dhPartInitiator: Uint8Array, dhPartResponder: Uint8Array): number {
  const digest = createHash('sha256').update(dhPartInitiator).update(dhPartResponder).digest();
  return Buffer.from(hkdfSync('sha256', digest, salt, info, emojiBytes)).readUIntBE(0, emojiBytes);
}

class Side {
  /** Nonces by code. */
  readonly seen = new Map<number, number>();
  readonly #candidates: Candidates;

  constructor(candidates: Candidates) {
    this.#candidates = candidates;
  }

  partWith(nonce: number): Uint8Array {
    const part = this.#candidates.dhPartInitiator.slice();
    new DataView(part.buffer).setUint32(part.length - 4, nonce);
    return part;
  }

  codeWith(nonce: number): number {
    return emojiNumber(this.partWith(nonce), this.#candidates.dhPartResponder);
  }
}
