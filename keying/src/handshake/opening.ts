import type { Secret } from '../secret.ts';
import { frameSuiteTable } from '../sframe/suites.ts';
import { drawX25519 } from './ephemeral-stock.ts';
import type { HandshakeOptions } from './handshake-ports.ts';
import { encodeCommit, encodeDhPart } from './messages.ts';
import { ownDhPart } from './pair-parameters.ts';
import { commitmentTo } from './transcript.ts';

/**
 * What an initiator draws before it knows whom it will meet: its part, and the commitment that goes
 * ahead of it. For one handshake: a part that was revealed to one peer must not be committed to another.
 * Whoever takes it wipes `ephemeral`.
 */
export interface Opening {
  /** The first flight. */
  readonly commit: Uint8Array;
  /** Kept back until the responder's part is there. */
  readonly dhPart: Uint8Array;
  readonly ephemeral: Secret;
}

export type OpeningOptions = Pick<
  HandshakeOptions,
  'callId' | 'mode' | 'suite' | 'selfId' | 'identity' | 'random' | 'ephemerals'
>;

export function drawOpening(options: OpeningOptions): Opening {
  const { secretKey, publicKey } = options.ephemerals?.takeX25519() ?? drawX25519(options.random);
  const dhPart = encodeDhPart(
    ownDhPart(options, { role: 'initiator', ephemeral: publicKey, kemKey: undefined }),
  );
  const suiteId = frameSuiteTable[options.suite].id;
  return {
    commit: encodeCommit({ suiteId, commitment: commitmentTo(dhPart) }),
    dhPart,
    ephemeral: secretKey,
  };
}
