/** Why an operation of this package failed. Rejected packets and frames are returned, not thrown: see `Rejection`. */
export type KeyingErrorCode =
  /** Text or bytes that do not follow their format. */
  | 'malformed'
  /** An `a=crypto` line that RFC 4568 says to refuse. */
  | 'sdes-invalid'
  /** No suite in common, or an accepted SAVP stream without `a=crypto`. */
  | 'sdes-no-agreement'
  /** A key used for more packets or frames than its standard allows. */
  | 'key-exhausted'
  /** A public value whose X25519 result is all zero (RFC 7748 section 6.1). */
  | 'low-order-point'
  /** A handshake message at the wrong time, or one that repeats or contradicts an earlier one. */
  | 'handshake-unexpected'
  /** The value revealed is not the one committed to. */
  | 'handshake-commitment'
  /** Version, suite, mode, call, participant or role differ from this side's. */
  | 'handshake-mismatch'
  /** Confirmation failed: a value was changed on the way, or the other side has another link secret. */
  | 'handshake-confirmation'
  /** The identity signature over the transcript does not verify. */
  | 'handshake-signature'
  /** The peer says that it gave up. Not authenticated, and its reason is its own. */
  | 'handshake-refused'
  /** More handshakes in one call than `handshakesPerCall`. */
  | 'handshake-limit'
  /** A sealed key envelope that does not open, or is out of sequence. */
  | 'envelope-rejected';

export class KeyingError extends Error {
  readonly code: KeyingErrorCode;

  constructor(code: KeyingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyingError';
    this.code = code;
  }
}

/** Why one packet or frame was dropped. Returned and counted, never thrown, never logged one by one. */
export const rejections = [
  /** No key for this sender, KID or SSRC. */
  'no-key',
  /** Not the format of this mode. */
  'malformed',
  /** The tag does not verify. */
  'auth',
  /** A counter or index seen before. */
  'replay',
  /** A counter or index older than the replay window. */
  'too-old',
  /** The key has protected as many packets as it may. */
  'exhausted',
] as const;
export type Rejection = (typeof rejections)[number];

/** The outcome for one packet or frame. */
export type Outcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: Rejection };
