/** All wording of the operator's page. */
import { modes, type KeyingMode, type Topology } from '@earshot/keying/mode';
import type { LabMessage, LinkState } from './lab-state.ts';
import type { Mark } from './relayed-text.ts';

/** What can be played now. `speech` and `ciphertext` pass the server; `none` does not. */
export type Playable = 'speech' | 'ciphertext' | 'none';

interface Verdict {
  readonly playable: Playable;
  readonly title: string;
  readonly text: string;
}

export const verdicts: Readonly<Record<KeyingMode, Readonly<Record<Topology, Verdict>>>> = {
  sdes: {
    room: {
      playable: 'speech',
      title: 'The server can hear this call',
      text: 'The keys passed through it in clear, and so does the audio. This page opens each packet with them.',
    },
    direct: {
      playable: 'none',
      title: 'No audio passes the server, but it holds the keys',
      text: 'There is nothing to play here: sound goes from browser to browser. Yet whoever captured this call’s SRTP can have it opened with the keys on this page, now or in years. (Browsers put a second encryption around it; apps that spoke SDES had only this one.)',
    },
  },
  dtls: {
    room: {
      playable: 'speech',
      title: 'The server can hear this call',
      text: 'Encryption ends at the server. What it forwards is plain Opus; it needs no key.',
    },
    direct: {
      playable: 'none',
      title: 'No audio passes the server',
      text: 'There is nothing to play here. To listen, the server would have to swap the fingerprints for its own and pass the sound through itself, which nobody would be shown. This one relays them as they are.',
    },
  },
  e2ee: {
    room: {
      playable: 'ciphertext',
      title: 'There is nothing to play',
      text: 'The audio passes through the server, sealed. The keys were made in the browsers, and nothing that the server relayed opens a single packet.',
    },
    direct: {
      playable: 'none',
      title: 'There is nothing to play',
      text: 'No audio passes the server, and no key. What it relays are public values and envelopes sealed for somebody else.',
    },
  },
};

/** What the server passes on in such a call, as the end of a sentence. */
export function relayedWords(mode: KeyingMode, topology: Topology): string {
  if (mode === 'dtls' && topology === 'room') {
    return 'the audio. Each browser agrees on keys with the server itself, so no message is about keys';
  }
  // Names of standards stay on one line.
  const inSignaling = modes[mode].inSignaling.replaceAll('-', '\u2011');
  return topology === 'room' ? `${inSignaling}, and the audio` : inSignaling;
}

export const linkWords: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  'unknown-call': 'Not on record',
  lost: 'No answer, trying again',
};

export const openedWords: Readonly<Record<KeyingMode, string>> = {
  sdes: 'Authentic',
  dtls: 'Readable',
  e2ee: 'Opened',
};

export function verbWords({ message: { verb, payload } }: LabMessage): string {
  switch (verb) {
    case 'offer':
      return 'Offer';
    case 'answer':
      return 'Answer';
    case 'candidate':
      return 'Network address';
    case 'produce':
      return 'Audio announced';
    case 'envelope':
      return payload['kind'] === 'handshake' ? 'Key agreement' : 'Sealed envelope';
  }
}

export const markTitles: Readonly<Record<Mark, string>> = {
  key: 'Readable key',
  fingerprint: 'Fingerprint',
  public: 'Public values',
  sealed: 'Unreadable',
};

/** What the marked part is worth to the server. */
export function markWords(
  mark: Mark,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  switch (mark) {
    case 'key':
      return `The server reads this key. It opens everything that ${from} says in this call.`;
    case 'fingerprint':
      return `The fingerprint of ${from}’s certificate. It opens nothing.`;
    case 'public':
      return 'Part of a key agreement. Whoever has all of it still cannot compute the key.';
    case 'sealed':
      return `Sealed for ${to}. The server cannot open it.`;
  }
}
