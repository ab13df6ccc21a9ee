/** The keys of one call, per mode. */
export { EphemeralStock } from '../handshake/ephemeral-stock.ts';
export { createE2eeSession } from './e2ee-session.ts';
export { createSdesSession, innerPayloadType } from './sdes-session.ts';
export type { SdesSessionOptions } from './sdes-session.ts';
export { rotationIntervalMs, switchDeadlineMs } from './sender-keys.ts';
export { firstAcknowledgementMs, oldGenerationMs } from './pair.ts';
export type {
  Admission,
  E2eeSession,
  E2eeSessionOptions,
  Identity,
  KeyChange,
  PeerKeyState,
  RefusedEnvelopes,
  Scheduler,
  SdesSession,
  SenderKeyStatus,
  ShortAuthenticationString,
} from './session-ports.ts';
