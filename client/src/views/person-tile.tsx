/** One person in the call: initials, loudness as a ring, and their state in words. */
import type { CallPhase, RemotePerson } from '../call/call-state.ts';
import { initials } from './format.ts';
import { Icon, type IconName } from './icons.tsx';
import { isVerified } from './hearing.ts';
import { trustWords } from './trust-words.ts';
import { keyingFailureWords } from './wording.ts';

interface Status {
  readonly tone: 'quiet' | 'good' | 'problem';
  readonly icon: IconName;
  readonly text: string;
  /** On a line of its own, smaller. */
  readonly explanation?: string;
}

export interface PersonTileProps {
  readonly person: RemotePerson;
  readonly onCompare: () => void;
}

export function PersonTile({ person, onCompare }: PersonTileProps) {
  const { keying } = person;
  const keys = keyingStatus(person);
  return (
    <li
      class="person"
      data-testid="person"
      data-person-id={person.id}
      data-keying={keying.kind}
      data-trust={'trust' in keying ? keying.trust.kind : undefined}
      data-speaking={person.isSpeaking}
      data-muted={person.isMuted}
      data-connected={person.isConnected}
    >
      <Avatar name={person.name} level={person.level} isSpeaking={person.isSpeaking} />
      <span class="person-name">{person.name}</span>
      <StatusLine status={presenceStatus(person)} />
      {keys !== undefined && <StatusLine status={keys} />}
      {keys?.explanation !== undefined && <small class="person-note">{keys.explanation}</small>}
      {keying.kind === 'secure' && !isVerified(person) && (
        <button type="button" class="button button-small" data-testid="compare" onClick={onCompare}>
          Compare code
          <span class="visually-hidden"> with {person.name}</span>
        </button>
      )}
    </li>
  );
}

export interface SelfTileProps {
  readonly name: string;
  readonly level: number;
  readonly isMuted: boolean;
  readonly phase: CallPhase;
}

export function SelfTile({ name, level, isMuted, phase }: SelfTileProps) {
  return (
    <li class="person person-self" data-testid="self" data-muted={isMuted}>
      <Avatar name={name} level={level} isSpeaking={false} />
      <span class="person-name">
        {name} <span class="person-you">(you)</span>
      </span>
      <StatusLine status={selfStatus(isMuted, phase)} />
    </li>
  );
}

interface AvatarProps {
  readonly name: string;
  readonly level: number;
  readonly isSpeaking: boolean;
}

function Avatar({ name, level, isSpeaking }: AvatarProps) {
  const rounded = Math.round(Math.min(1, Math.max(0, level)) * 50) / 50;
  return (
    <span
      class={isSpeaking ? 'avatar avatar-speaking' : 'avatar'}
      style={{ '--level': String(rounded) }}
      aria-hidden="true"
    >
      <span class="avatar-initials">{initials(name)}</span>
    </span>
  );
}

interface StatusLineProps {
  readonly status: Status;
}

function StatusLine({ status }: StatusLineProps) {
  return (
    <span class={`status status-${status.tone}`}>
      <Icon name={status.icon} />
      <span>{status.text}</span>
    </span>
  );
}

function selfStatus(isMuted: boolean, phase: CallPhase): Status {
  if (isMuted) return { tone: 'problem', icon: 'microphone-off', text: 'You are muted' };
  return phase.kind === 'connecting'
    ? { tone: 'quiet', icon: 'microphone', text: 'Nothing is sent yet' }
    : { tone: 'quiet', icon: 'microphone', text: 'Your microphone is on' };
}

function presenceStatus(person: RemotePerson): Status {
  if (!person.isConnected) {
    return { tone: 'problem', icon: 'unplugged', text: 'Lost the connection' };
  }
  if (person.isMuted) return { tone: 'quiet', icon: 'microphone-off', text: 'Muted' };
  return person.isSpeaking
    ? { tone: 'good', icon: 'ear', text: 'Speaking' }
    : { tone: 'quiet', icon: 'microphone', text: 'Microphone on' };
}

function keyingStatus({ keying, name }: RemotePerson): Status | undefined {
  switch (keying.kind) {
    case 'none':
      return undefined;
    case 'agreeing':
      return { tone: 'quiet', icon: 'key', text: 'Agreeing on keys' };
    case 'secure': {
      const { tone, icon, word, explanation } = trustWords(keying.trust, name);
      return { tone, icon, text: word, explanation };
    }
    case 'held':
      return {
        tone: 'problem',
        icon: 'key-changed',
        text: 'New key',
        explanation: 'You do not hear each other until you accept it.',
      };
    case 'failed':
      return {
        tone: 'problem',
        icon: 'warning',
        text: `You do not hear each other. ${keyingFailureWords(keying.code)}`,
      };
  }
}
