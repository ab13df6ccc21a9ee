/** Maps what went wrong to the reason that people are shown. */
import { KeyingError } from '@earshot/keying/errors';
import { ProtocolError, type ErrorCode } from '@earshot/protocol';
import { CallError } from './call-api.ts';
import type { EndReason } from './call-state.ts';

/** An error that nothing maps is a defect of this program: `internal`. */
export function endReasonOf(error: unknown): EndReason {
  if (error instanceof CallError) return error.code;
  if (error instanceof ProtocolError) return endReasonOfRefusal(error.code);
  if (error instanceof KeyingError) return 'handshake-failed';
  return 'internal';
}

function endReasonOfRefusal(code: ErrorCode): EndReason {
  switch (code) {
    case 'call-unknown':
      return 'call-unknown';
    case 'call-full':
      return 'call-full';
    case 'mode-refused':
      return 'mode-refused';
    case 'draining':
      return 'server-stopped';
    case 'server-full':
    case 'rate-limited':
      return 'server-unreachable';
    case 'no-session':
    case 'session-expired':
    case 'not-joined':
      return 'session-lost';
    case 'session-exists':
    case 'already-joined':
      return 'session-replaced';
    case 'crypto-refused':
      return 'handshake-failed';
    case 'media-refused':
    case 'media-lost':
    case 'media-unknown':
      return 'connection-failed';
    case 'bad-message':
    case 'unsupported-version':
    case 'participant-unknown':
    case 'wrong-topology':
    case 'request-conflict':
    case 'internal':
      return 'internal';
  }
}
