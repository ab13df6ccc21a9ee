import type { HandshakeOptions } from './handshake-ports.ts';
import { KeyingError } from '../errors.ts';
import { frameSuiteTable } from '../sframe/suites.ts';
import { linkSecretBytes } from './key-schedule.ts';
import { handshakeSizes } from './messages.ts';
import type { DhPart, Role } from './messages.ts';

/** @throws RangeError for options that cannot make a handshake. */
export function requireHandshakeOptions(options: HandshakeOptions): void {
  if (options.selfId === options.peerId) throw new RangeError('a handshake takes two participants');
  if (options.identity.publicKey.length !== handshakeSizes.identity) {
    throw new RangeError('an identity key has 32 bytes');
  }
  if (options.linkSecret !== undefined && options.linkSecret.length !== linkSecretBytes) {
    throw new RangeError('a link secret has 32 bytes');
  }
}

export interface OwnValues {
  readonly role: Role;
  readonly ephemeral: Uint8Array;
  readonly kemKey: Uint8Array | undefined;
}

export function ownDhPart(options: HandshakeOptions, own: OwnValues): DhPart {
  return {
    ...own,
    suiteId: frameSuiteTable[options.suite].id,
    mode: options.mode,
    callId: options.callId,
    participantId: options.selfId,
    identity: options.identity.publicKey,
    nonce: options.random(handshakeSizes.nonce),
  };
}

/**
 * Refuses a part that is not the peer's, of this call, mode and suite.
 * @throws KeyingError `handshake-mismatch`
 */
export function requirePeerPart(options: HandshakeOptions, part: DhPart, role: Role): void {
  requireSuite(options, part.suiteId);
  const isPeers =
    part.role === role &&
    part.mode === options.mode &&
    part.callId === options.callId &&
    part.participantId === options.peerId;
  if (!isPeers) throw new KeyingError('handshake-mismatch', 'role, mode, call or participant');
}

/** @throws KeyingError `handshake-mismatch` */
export function requireSuite(options: HandshakeOptions, suiteId: number): void {
  if (suiteId !== frameSuiteTable[options.suite].id) {
    throw new KeyingError('handshake-mismatch', `suite ${suiteId}`);
  }
}
