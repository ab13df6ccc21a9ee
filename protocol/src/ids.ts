import { z } from 'zod';

/** 128 random bits, base64url: 22 characters. Calls, sessions, participants. */
const randomId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

export const callId = randomId.brand<'CallId'>();
export type CallId = z.infer<typeof callId>;

export const participantId = randomId.brand<'ParticipantId'>();
export type ParticipantId = z.infer<typeof participantId>;

export const sessionId = randomId.brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionId>;

/** 256 random bits, base64url: proves the right to resume a session. Kept in memory only. */
export const resumeToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .brand<'ResumeToken'>();
export type ResumeToken = z.infer<typeof resumeToken>;

/** Chosen by the client, unique within its session: the same id with the same request gets the same answer. */
export const requestId = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);

/** mediasoup's ids: UUIDs. */
export const mediaId = z.uuid();
