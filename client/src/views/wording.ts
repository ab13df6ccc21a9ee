/** Codes of the call engine in words: keys, dropped frames, topologies, and what the server can hear. */
import type { KeyingErrorCode, Rejection } from '@earshot/keying/errors';
import type { KeyingMode, ServerHears, Topology } from '@earshot/keying/mode';
import type { KeyChange } from '@earshot/keying/session';
import type { CallPhase } from '../call/call-state.ts';

/** Why a frame was dropped. */
export const rejectionWords: Readonly<Record<Rejection, string>> = {
  'no-key': 'No key for it',
  malformed: 'Not in the format of this call',
  auth: 'Changed on the way, or sealed with another key',
  replay: 'Sent a second time',
  'too-old': 'Too late',
  exhausted: 'Key used up',
};

/** What asked for another key, after how often it did. */
export const keyChangeWords = [
  ['join', 'as somebody came'],
  ['leave', 'as somebody left'],
  ['age', 'after ten minutes of use'],
] as const satisfies readonly (readonly [KeyChange, string])[];

const keyingFailures: Readonly<Record<KeyingErrorCode, string>> = {
  malformed: 'A key message could not be read.',
  'sdes-invalid': 'The key in the signaling was not acceptable.',
  'sdes-no-agreement': 'The two sides had no way of encrypting in common.',
  'key-exhausted': 'A key was used more often than is safe.',
  'low-order-point': 'A weak key was sent on purpose.',
  'handshake-unexpected': 'A key message came twice or out of turn.',
  'handshake-commitment': 'A key was exchanged for another after it had been announced.',
  'handshake-limit': 'Too many people have come and gone in this call. Start another one.',
  'handshake-mismatch': 'The other side describes a different call.',
  'handshake-confirmation':
    'A key was changed on its way, or you two have different links, one of them perhaps without its secret.',
  'handshake-signature': 'The other side could not prove who it is.',
  'handshake-refused': 'The other side refused the keys.',
  'envelope-rejected': 'A sealed key was changed on its way or sent twice.',
};

function isKeyingErrorCode(code: string): code is KeyingErrorCode {
  return Object.hasOwn(keyingFailures, code);
}

/** Why there are no keys with a person, for `PeerKeying.code`. */
export function keyingFailureWords(code: string): string {
  return isKeyingErrorCode(code) ? keyingFailures[code] : 'The keys could not be agreed on.';
}

export const topologyWords: Readonly<Record<Topology, { title: string; hint: string }>> = {
  direct: { title: 'Two people', hint: 'Sound goes from browser to browser where it can.' },
  room: { title: 'A room', hint: 'For two or more. Sound goes through the server.' },
};

/** Shortest true statement about the server, beside the full sentence of the modes table. */
export const serverHearsWords: Readonly<Record<ServerHears, string>> = {
  always: 'The server can hear',
  active: 'The server hears only if it cheats',
  never: 'The server cannot hear',
};

/** How the keys come about, one clause per mode. */
export const keyOriginWords: Readonly<Record<KeyingMode, string>> = {
  sdes: 'The keys travel through the server, in clear.',
  dtls: 'Each connection has keys of its own, as in any web call.',
  e2ee: 'The keys are made in your browsers and never leave them.',
};

export function phaseWords(phase: CallPhase): string {
  switch (phase.kind) {
    case 'lobby':
    case 'connecting':
      return 'Connecting';
    case 'waiting':
      return 'Waiting';
    case 'connected':
      return 'Connected';
    case 'reconnecting':
      return 'Reconnecting';
    case 'ended':
      return 'Call ended';
  }
}
