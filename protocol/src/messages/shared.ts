import { keyingModes, topologies } from '@earshot/keying/mode';
import { z } from 'zod';
import { participantId } from '../ids.ts';
import { limits } from '../limits.ts';

export const keyingMode = z.enum(keyingModes);
export const topology = z.enum(topologies);

/** Whether a reader would see anything of it: not only joiners, spaces without width and the like. */
const visible = /[^\s\p{Default_Ignorable_Code_Point}]/u;

/**
 * Shown to the other people in the call. No control characters, none that reorder what stands beside it.
 */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(limits.nameChars)
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  .regex(/^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]*$/)
  .refine((name) => visible.test(name) && name.isWellFormed());

/** One `a=crypto` line (RFC 4568), without line end. Only in `sdes` calls; the server can read the key in it. */
export const cryptoLine = z.string().regex(/^a=crypto:[\x20-\x7e]{1,600}$/);

/** Bytes that only the two participants can read, base64. */
export const envelopeData = z.base64().max(Math.ceil(limits.envelopeBytes / 3) * 4);

export const envelopeKind = z.enum(['handshake', 'sender-key']);
export type EnvelopeKind = z.infer<typeof envelopeKind>;

export const sdp = z.string().min(1).max(limits.sdpChars);

/** A trickled ICE candidate (RFC 8838); `null` candidate ends them. One line: it cannot carry a second attribute. */
export const iceCandidate = z.strictObject({
  candidate: z
    .string()
    .max(1000)
    .regex(/^[\x20-\x7e]*$/),
  sdpMid: z.string().max(64).nullable(),
  sdpMLineIndex: z.number().int().min(0).max(16).nullable(),
  usernameFragment: z.string().max(256).nullable(),
});
export type IceCandidate = z.infer<typeof iceCandidate>;

export const iceServer = z.strictObject({
  urls: z.array(z.string().max(300)).max(8),
  username: z.string().max(200).optional(),
  credential: z.string().max(200).optional(),
});
export type IceServer = z.infer<typeof iceServer>;

/**
 * Somebody to agree on keys with. `order` is that in which people came to the call or its lobby: of two, the
 * lower offers media and the higher begins the handshake.
 */
export const peer = z.strictObject({ id: participantId, order: z.number().int().min(0) });
export type Peer = z.infer<typeof peer>;

/** A participant as the others see it. */
export const participant = z.strictObject({
  ...peer.shape,
  name: displayName,
  isMuted: z.boolean(),
  isConnected: z.boolean(),
});
export type Participant = z.infer<typeof participant>;
