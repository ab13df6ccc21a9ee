import { z } from 'zod';
import { keysOf } from './keys.ts';

/**
 * Every error that the server answers with. `retryable`: the same request may succeed later.
 * Messages are for developers; people read the client's own wording for the code.
 */
export const errorTable = {
  'bad-message': { retryable: false, message: 'message does not match its schema' },
  'unsupported-version': { retryable: false, message: 'protocol version is not supported' },
  'no-session': { retryable: false, message: 'say hello first' },
  'session-exists': { retryable: false, message: 'this socket already has a session' },
  'session-expired': { retryable: false, message: 'session is unknown or its lease ended' },
  'call-unknown': { retryable: false, message: 'no such call' },
  'call-full': { retryable: true, message: 'call is full' },
  'mode-refused': { retryable: false, message: 'call has another keying mode or topology' },
  'already-joined': { retryable: false, message: 'session is in a call or lobby already' },
  'not-joined': { retryable: false, message: 'session is not in a call' },
  'participant-unknown': { retryable: false, message: 'no such participant in this call' },
  'wrong-topology': { retryable: false, message: 'request does not belong to this topology' },
  'media-unknown': { retryable: false, message: 'no such transport, producer or consumer' },
  'media-refused': { retryable: false, message: 'media parameters refused' },
  'media-lost': { retryable: true, message: 'media server restarted; set up media again' },
  'crypto-refused': {
    retryable: false,
    message: 'a=crypto line is missing, refused or out of place in this mode',
  },
  'request-conflict': { retryable: false, message: 'request id was used for another request' },
  'rate-limited': { retryable: true, message: 'too many requests' },
  'server-full': { retryable: true, message: 'server has no room for another call' },
  draining: { retryable: true, message: 'server is shutting down' },
  internal: { retryable: true, message: 'internal error' },
} as const satisfies Record<string, { retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = keysOf(errorTable);

export const wireError = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string().max(300),
  retryable: z.boolean(),
});
export type WireError = z.infer<typeof wireError>;

/** A request that the server refused. */
export class ProtocolError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(
      detail === undefined ? errorTable[code].message : `${errorTable[code].message}: ${detail}`,
      options,
    );
    this.name = 'ProtocolError';
    this.code = code;
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message.slice(0, 300),
      retryable: errorTable[this.code].retryable,
    };
  }
}
