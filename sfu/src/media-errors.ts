/** mediasoup's errors end here: whoever calls the port sees ProtocolError only. */
import { ProtocolError } from '@earshot/protocol';
import { NotFoundError, WorkerClosedError } from 'mediasoup/errors';

/**
 * What a failed mediasoup call means to the caller. The text of mediasoup's error stays in `cause`: it
 * names internals, and part of it is what the client sent.
 */
export function toProtocolError(cause: unknown): ProtocolError {
  if (cause instanceof ProtocolError) return cause;
  if (cause instanceof WorkerClosedError) {
    return new ProtocolError('media-lost', undefined, { cause });
  }
  if (cause instanceof NotFoundError) {
    return new ProtocolError('media-unknown', undefined, { cause });
  }
  // TypeError, UnsupportedError and the worker's own refusals: the parameters do not work.
  return new ProtocolError('media-refused', undefined, { cause });
}

export function refused(detail: string): ProtocolError {
  return new ProtocolError('media-refused', detail);
}

export function unknownMedia(detail: string): ProtocolError {
  return new ProtocolError('media-unknown', detail);
}
