/** What is known of somebody's key, in words: a sign, a word and an explanation; never a colour alone. */
import type { EarlierContact, Trust } from '../identity/trust.ts';
import { formatDate } from './format.ts';
import type { IconName } from './icons.tsx';

export interface TrustWords {
  readonly tone: 'quiet' | 'good' | 'problem';
  readonly icon: IconName;
  readonly word: string;
  readonly explanation: string;
}

/** @param name what they call themselves in this call */
export function trustWords(trust: Trust, name: string): TrustWords {
  switch (trust.kind) {
    case 'unverified':
      return {
        tone: 'quiet',
        icon: 'shield',
        word: 'Not verified',
        explanation:
          trust.metAtMs === undefined
            ? 'You meet this key for the first time.'
            : `Same key as on ${formatDate(trust.metAtMs)}, never compared.`,
      };
    case 'verified':
      return {
        tone: 'good',
        icon: 'shield-check',
        word: trust.knownAs === name ? 'Verified' : `Verified as ${trust.knownAs}`,
        explanation: `You compared codes on ${formatDate(trust.verifiedAtMs)}.`,
      };
    case 'changed':
      return {
        tone: 'problem',
        icon: 'key-changed',
        word: 'New key',
        explanation: `${sameness(trust.earlier)} had another key.`,
      };
  }
}

/** What stopped the call with somebody, and what may be behind it. */
export function heldWords(earlier: EarlierContact, name: string): { title: string; story: string } {
  const title =
    earlier.by === 'name'
      ? `Someone who says they are ${name} uses a new key`
      : `${name} is in the place of ${earlier.name}, with a new key`;
  const when = earlier.verifiedAtMs === undefined ? '' : ` on ${formatDate(earlier.verifiedAtMs)}`;
  return {
    title,
    story: `You verified ${earlier.name}${when}. This is another key: ${earlier.name} may use another browser or have made a new key, or somebody pretends to be ${earlier.name}. You do not hear each other until you decide.`,
  };
}

function sameness({ name, by, lastMetAtMs }: EarlierContact): string {
  return by === 'name'
    ? `On ${formatDate(lastMetAtMs)} ${name}`
    : `${name}, whom you met in this call,`;
}
