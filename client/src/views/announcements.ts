/** What a screen reader is told when the call changes. What is spoken by people is never spoken over needlessly. */
import type { CallState, RemotePerson } from '../call/call-state.ts';

/** Sentences for the change from `before` to `after`, most important first; none for levels and counters. */
export function announcements(before: CallState, after: CallState): readonly string[] {
  const known = new Map(before.people.map((person) => [person.id, person]));
  const present = new Set(after.people.map((person) => person.id));
  return [
    ...phaseChange(before, after),
    ...after.people.flatMap((person) => personChange(known.get(person.id), person)),
    ...before.people
      .filter((person) => !present.has(person.id))
      .map((person) => `${person.name} left`),
    ...muteChange(before, after),
  ];
}

function phaseChange(before: CallState, after: CallState): string[] {
  if (before.phase.kind === after.phase.kind) return [];
  switch (after.phase.kind) {
    case 'reconnecting':
      return ['Connection lost. Reconnecting.'];
    case 'waiting':
      return ['You are in the call. Nobody else is here yet.'];
    case 'connected':
      return [before.phase.kind === 'reconnecting' ? 'Connected again' : 'Connected'];
    // The end page has a heading of its own, which gets the focus.
    case 'ended':
    case 'lobby':
    case 'connecting':
      return [];
  }
}

function personChange(before: RemotePerson | undefined, after: RemotePerson): string[] {
  if (before === undefined) return [`${after.name} joined`];
  const sentences: string[] = [];
  if (before.keying.kind !== after.keying.kind) {
    if (after.keying.kind === 'failed') {
      sentences.push(`No keys could be agreed on with ${after.name}. You do not hear each other.`);
    } else if (after.keying.kind === 'held') {
      sentences.push(
        `${after.name} uses a new key. You do not hear each other until you accept it or hang up.`,
      );
    } else if (after.keying.kind === 'secure') {
      sentences.push(`Keys agreed on with ${after.name}`);
    }
  }
  if (before.isConnected !== after.isConnected) {
    sentences.push(
      after.isConnected ? `${after.name} is back` : `${after.name} lost the connection`,
    );
  }
  return sentences;
}

function muteChange(before: CallState, after: CallState): string[] {
  if (before.isMuted === after.isMuted) return [];
  return [after.isMuted ? 'Your microphone is muted' : 'Your microphone is on'];
}
