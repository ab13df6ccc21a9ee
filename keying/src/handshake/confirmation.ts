/** The two confirmations: a signature of the identity, and a MAC that only the keys' holder makes. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, equalConstantTime } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import type { Identity } from './handshake-ports.ts';
import { confirmationMac } from './key-schedule.ts';
import type { HandshakeKeys } from './key-schedule.ts';
import { handshakeLabels } from './labels.ts';
import { handshakeSizes } from './messages.ts';
import type { Confirm, Role } from './messages.ts';

export interface ConfirmationContext {
  /** Who confirms. */
  readonly role: Role;
  readonly keys: HandshakeKeys;
  readonly transcript: Uint8Array;
}

/** @throws KeyingError `handshake-signature` where the own identity cannot sign. */
export async function confirm(context: ConfirmationContext, identity: Identity): Promise<Confirm> {
  let signature: Uint8Array;
  try {
    signature = await identity.sign(signedMessage(context));
  } catch (cause) {
    throw new KeyingError('handshake-signature', 'this identity could not sign', { cause });
  }
  if (signature.length !== handshakeSizes.signature) {
    throw new KeyingError('handshake-signature', 'this identity made no Ed25519 signature');
  }
  return { signature, mac: macFor(context, signature) };
}

/**
 * @param identity the peer's Ed25519 public key from its DHPart.
 * @throws KeyingError `handshake-confirmation`, then `handshake-signature`
 */
export function requireConfirmation(
  context: ConfirmationContext,
  { signature, mac }: Confirm,
  identity: Uint8Array,
): void {
  if (!equalConstantTime(mac, macFor(context, signature))) {
    throw new KeyingError('handshake-confirmation', 'MAC over the transcript');
  }
  // RFC 8032 section 5.1.7, without the laxer rules of ZIP 215.
  if (!ed25519.verify(signature, signedMessage(context), identity, { zip215: false })) {
    throw new KeyingError('handshake-signature', 'identity signature over the transcript');
  }
}

function macFor(
  { role, keys, transcript }: ConfirmationContext,
  signature: Uint8Array,
): Uint8Array {
  const key = role === 'initiator' ? keys.confirmInitiator : keys.confirmResponder;
  return confirmationMac(key, { transcript, signature });
}

function signedMessage({ role, transcript }: ConfirmationContext): Uint8Array {
  const label =
    role === 'initiator' ? handshakeLabels.signInitiator : handshakeLabels.signResponder;
  return concatBytes(label, transcript);
}
