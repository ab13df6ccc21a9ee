/** A relayed message as text, with what a key-hungry reader would look for marked in it. */
import type { RelayedMessage } from './lab-event.ts';

/**
 * - `key`: opens the media, in clear.
 * - `fingerprint`: of a DTLS certificate; opens nothing, decides whom one talks to.
 * - `public`: values of a key agreement that may be known to all.
 * - `sealed`: for the receiver alone.
 */
export type Mark = 'key' | 'fingerprint' | 'public' | 'sealed';

export interface Piece {
  readonly text: string;
  readonly mark: Mark | undefined;
}

export interface RelayedText {
  /** The lines that matter, in pieces. */
  readonly lines: readonly (readonly Piece[])[];
  /** The message in full, where the lines are not all of it. */
  readonly whole: string | undefined;
  /** The strongest mark in it, `key` first. */
  readonly mark: Mark | undefined;
}

/** RFC 4568 section 9.2: the key with its salt, up to its lifetime, MKI or the next parameter. */
const inlineKey = /inline:[A-Za-z0-9+/=]+/g;
/** RFC 8122 section 5. */
const fingerprint = /a=fingerprint:\S+ [0-9A-Fa-f:]+/g;
/** Of a long value; the whole is one click away. */
const shownCharacters = 180;

export function relayedText({ payload }: RelayedMessage): RelayedText {
  const { sdp, crypto, candidate, kind, data, producerId } = payload;
  if (typeof sdp === 'string') {
    const all = sdp.split(/\r?\n/);
    const telling = all.filter((line) => /^a=(?:crypto|fingerprint):/.test(line));
    return textOf(telling.map(markedLine), sdp);
  }
  if (typeof data === 'string') {
    const mark = kind === 'handshake' ? 'public' : 'sealed';
    const shown = data.length > shownCharacters ? `${data.slice(0, shownCharacters)}…` : data;
    return textOf([[{ text: shown, mark }]], shown === data ? undefined : data);
  }
  const lines = [
    typeof producerId === 'string' ? `audio stream ${producerId}` : undefined,
    typeof crypto === 'string' ? crypto : undefined,
    candidate === undefined ? undefined : candidateText(candidate),
  ].filter((line) => line !== undefined);
  return textOf(lines.map(markedLine), undefined);
}

/** Each `a=crypto` line in the message, whoever may have written it. */
export function cryptoLinesIn({ payload }: RelayedMessage): string[] {
  return Object.values(payload).flatMap((value) =>
    typeof value === 'string' ? (value.match(/a=crypto:[\x20-\x7e]+/g) ?? []) : [],
  );
}

function candidateText(candidate: unknown): string {
  const isNamed = typeof candidate === 'object' && candidate !== null && 'candidate' in candidate;
  const line = isNamed ? candidate.candidate : undefined;
  return typeof line === 'string' && line !== '' ? line : 'no further addresses';
}

function textOf(lines: readonly (readonly Piece[])[], whole: string | undefined): RelayedText {
  const found = new Set(lines.flat().map(({ mark }) => mark));
  const order = ['key', 'fingerprint', 'public', 'sealed'] as const;
  return { lines, whole, mark: order.find((mark) => found.has(mark)) };
}

function markedLine(line: string): Piece[] {
  const isKey = line.startsWith('a=crypto:');
  const pattern = isKey ? inlineKey : fingerprint;
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    pieces.push({ text: line.slice(end, match.index), mark: undefined });
    pieces.push({ text: match[0], mark: isKey ? 'key' : 'fingerprint' });
    end = match.index + match[0].length;
  }
  pieces.push({ text: line.slice(end), mark: undefined });
  return pieces.filter(({ text }) => text !== '');
}
