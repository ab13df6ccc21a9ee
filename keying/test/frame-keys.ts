/** Sender keys and keyrings of one made-up sender. */
import {
  frameMetadata,
  frameSuites,
  frameSuiteTable,
  ReceiverKeyring,
  SenderKey,
} from '../src/sframe/index.ts';
import type { FrameOrigin, FrameSuite } from '../src/sframe/index.ts';
import type { Outcome } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';

export const origin: FrameOrigin = { callId: 'call', senderId: 'alice', mode: 'e2ee' };
export const metadata = frameMetadata(origin);
export const defaultSuite = frameSuites[0];

export function baseKeyOf(suite: FrameSuite, fill = 7): Uint8Array {
  return new Uint8Array(frameSuiteTable[suite].hashBytes).fill(fill);
}

export function senderKey(suite: FrameSuite, generation = 0, fill = 7): SenderKey {
  return new SenderKey({
    suite,
    metadata,
    generation,
    baseKey: Secret.take(baseKeyOf(suite, fill)),
  });
}

export function keyring(suite: FrameSuite, generation = 0, fill = 7): ReceiverKeyring {
  const ring = new ReceiverKeyring({ suite, metadata });
  ring.install({ generation, step: 0 }, Secret.take(baseKeyOf(suite, fill)));
  return ring;
}

/** @throws Error where the frame is refused */
export function sealed(
  key: { seal(payload: Uint8Array): Outcome },
  payload = Uint8Array.of(1, 2),
): Uint8Array {
  const outcome = key.seal(payload);
  if (!outcome.ok) throw new Error(`not sealed: ${outcome.reason}`);
  return outcome.bytes;
}
