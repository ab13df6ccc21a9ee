/** Fresh random ids. */
import { randomBytes } from 'node:crypto';
import {
  callId,
  participantId,
  resumeToken,
  sessionId,
  type CallId,
  type ParticipantId,
  type ResumeToken,
  type SessionId,
} from '@earshot/protocol';

const random = (length: number): string => randomBytes(length).toString('base64url');

export const newCallId = (): CallId => callId.parse(random(16));
export const newParticipantId = (): ParticipantId => participantId.parse(random(16));
export const newSessionId = (): SessionId => sessionId.parse(random(16));
export const newResumeToken = (): ResumeToken => resumeToken.parse(random(32));
