/** Why a call ended, for people: what happened, what it means for them, what to do now. */
import type { EndReason } from '../call/call-state.ts';
import type { IconName } from './icons.tsx';

/** Buttons of the end page; the first one is the one to try first. */
export type EndOffer = 'rejoin' | 'new-call';

/** How the end page presents itself: a call that is over, one that went wrong, or one stopped for safety. */
export type EndTone = 'over' | 'problem' | 'danger';

export interface ReasonText {
  readonly tone: EndTone;
  readonly icon: IconName;
  readonly title: string;
  readonly explanation: string;
  /** What to do, in one or two sentences. */
  readonly action: string;
  readonly offers: readonly [EndOffer, ...EndOffer[]];
}

export const reasons: Readonly<Record<EndReason, ReasonText>> = {
  'hung-up': {
    tone: 'over',
    icon: 'hang-up',
    title: 'You left the call',
    explanation: 'Your microphone is off and nothing is sent any more.',
    action: 'The same link takes you back for as long as the call is open.',
    offers: ['rejoin', 'new-call'],
  },
  'other-left': {
    tone: 'over',
    icon: 'hang-up',
    title: 'The other person left',
    explanation: 'They hung up, or were away for too long. Your microphone is off.',
    action: 'If that was a mistake, join again and wait for them on the same link.',
    offers: ['rejoin', 'new-call'],
  },
  'microphone-denied': {
    tone: 'problem',
    icon: 'microphone-off',
    title: 'Earshot may not use your microphone',
    explanation:
      'The browser or the operating system blocked it, so the others could not hear you.',
    action:
      'Allow the microphone for this site (in most browsers, by the icon beside the address), then join again.',
    offers: ['rejoin'],
  },
  'microphone-missing': {
    tone: 'problem',
    icon: 'microphone-off',
    title: 'No microphone was found',
    explanation: 'The chosen microphone is not connected, or another program holds it.',
    action: 'Connect one, or close the program that uses it, then join again.',
    offers: ['rejoin'],
  },
  'link-incomplete': {
    tone: 'problem',
    icon: 'link',
    title: 'This link is incomplete',
    explanation:
      'The part after the # says how the call is protected and holds its secret. It is missing or was cut off, and so the call cannot be joined safely.',
    action: 'Ask for the whole link again. Copy it rather than typing it.',
    offers: ['new-call'],
  },
  'call-unknown': {
    tone: 'problem',
    icon: 'link',
    title: 'This call does not exist any more',
    explanation: 'The server does not know it: it ended, or the server was restarted since.',
    action: 'Create a new call and share its link.',
    offers: ['new-call', 'rejoin'],
  },
  'call-full': {
    tone: 'problem',
    icon: 'people',
    title: 'This call is full',
    explanation: 'There is no place left in it. A direct call holds two people.',
    action: 'Try again when somebody has left, or create a room, which holds more people.',
    offers: ['rejoin', 'new-call'],
  },
  'mode-refused': {
    tone: 'danger',
    icon: 'warning',
    title: 'The server offered another kind of call',
    explanation:
      'Your link says how the call is protected, and the server answered with something else. Earshot refused: nothing was sent.',
    action: 'Ask for a new link. If it happens again, do not trust this server with a call.',
    offers: ['new-call'],
  },
  'browser-unsupported': {
    tone: 'problem',
    icon: 'lock',
    title: 'This browser cannot protect this call',
    explanation:
      'The call encrypts every piece of sound inside the browser, and this browser offers no way to do that. Earshot does not fall back to less.',
    action: 'Open the link in a current version of Chrome, Edge, Firefox or Safari.',
    offers: ['rejoin', 'new-call'],
  },
  'server-unreachable': {
    tone: 'problem',
    icon: 'server',
    title: 'The server cannot be reached',
    explanation:
      'Either you are offline, or the server is down, or a network in between blocks it.',
    action: 'Check your connection, then try again.',
    offers: ['rejoin', 'new-call'],
  },
  'server-stopped': {
    tone: 'problem',
    icon: 'server',
    title: 'The server was stopped',
    explanation: 'Whoever runs it shut it down or restarted it, and that ended the call.',
    action: 'Wait a minute, then create a new call and share its link.',
    offers: ['new-call', 'rejoin'],
  },
  'session-lost': {
    tone: 'problem',
    icon: 'unplugged',
    title: 'You were away for too long',
    explanation:
      'The connection to the server broke and did not come back in time to keep your place.',
    action: 'Check your connection, then join again.',
    offers: ['rejoin', 'new-call'],
  },
  'session-forgotten': {
    tone: 'problem',
    icon: 'server',
    title: 'The server lost the call',
    explanation:
      'The connection broke, and when the server answered again it did not know the call any more: most likely it was restarted. Nobody hung up.',
    action: 'Create a new call and share its link. Calls do not outlive the server.',
    offers: ['new-call', 'rejoin'],
  },
  'session-replaced': {
    tone: 'over',
    icon: 'arrow',
    title: 'The call goes on in another tab',
    explanation: 'You opened it in another tab or window, so it ended here.',
    action: 'Go on there. To take it back to this tab, join again here.',
    offers: ['rejoin'],
  },
  'connection-failed': {
    tone: 'problem',
    icon: 'unplugged',
    title: 'No connection for sound',
    explanation:
      'The server answered, but no way was found to carry sound, or the one in use broke. Strict networks do that.',
    action: 'Join again, or try another network. A room often works where a direct call does not.',
    offers: ['rejoin', 'new-call'],
  },
  'handshake-failed': {
    tone: 'danger',
    icon: 'key',
    title: 'No keys could be agreed on',
    explanation:
      'Somebody changed the keys on their way, or you two have different links, one of them perhaps without its secret. Nothing of theirs was played, and nothing was sent that they could open.',
    action:
      'Make sure that you both use exactly the same link. If you do and it happens again, do not trust this server with a call.',
    offers: ['rejoin', 'new-call'],
  },
  'codes-differ': {
    tone: 'danger',
    icon: 'warning',
    title: 'The safety codes did not match',
    explanation:
      'Different codes mean that somebody may have been listening in between. The call was ended at once.',
    action: 'Do not use this link again. Create a new call and send its link another way.',
    offers: ['new-call'],
  },
  'unsealed-audio': {
    tone: 'danger',
    icon: 'warning',
    title: 'The call was stopped to protect you',
    explanation:
      'Sound left this browser without having been encrypted, so Earshot ended the call. The server may have been able to hear a moment of it.',
    action: 'Update this browser or use another one before you call again.',
    offers: ['new-call'],
  },
  internal: {
    tone: 'problem',
    icon: 'warning',
    title: 'Something went wrong in Earshot',
    explanation: 'An error that should not happen ended the call. Your microphone is off.',
    action: 'Join again. If it goes on, tell whoever runs this server what you were doing.',
    offers: ['rejoin', 'new-call'],
  },
};
