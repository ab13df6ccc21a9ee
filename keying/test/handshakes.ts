/** Two sides of a handshake and whoever relays between them. */
import { createInitiator, createResponder } from '../src/handshake/index.ts';
import type { Agreement, Handshake, HandshakeOptions } from '../src/handshake/index.ts';
import { KeyingError } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';
import { softwareIdentity } from './members.ts';
import { seededRandom } from './seeded-random.ts';

export type Ending = Agreement | KeyingError | 'waiting';

export interface Run {
  readonly initiator: Ending;
  readonly responder: Ending;
  /** As relayed: Commit, DHPart_R, the initiator's flight, Confirm_R. */
  readonly flights: readonly Uint8Array[];
}

/** What the relay makes of the flight with this number; undefined drops it. */
export type Tamper = (flight: Uint8Array, index: number) => Uint8Array | undefined;

export function sideOptions(
  self: 'initiator' | 'responder',
  changes: Partial<HandshakeOptions> = {},
): HandshakeOptions {
  const random = changes.random ?? seededRandom(self === 'initiator' ? 11 : 22);
  const [selfId, peerId] = self === 'initiator' ? ['alice', 'bob'] : ['bob', 'alice'];
  return {
    callId: 'call',
    mode: 'e2ee',
    suite: 'AES_128_CTR_HMAC_SHA256_80',
    selfId,
    peerId,
    linkSecret: Secret.copy(new Uint8Array(32).fill(5)),
    random,
    ...changes,
    identity: changes.identity ?? softwareIdentity(random),
  };
}

/** Runs one handshake to its end. Refusals are not relayed: each side's own verdict counts. */
export async function runHandshake(
  options: {
    readonly initiator?: Partial<HandshakeOptions>;
    readonly responder?: Partial<HandshakeOptions>;
  } = {},
  tamper: Tamper = (flight) => flight,
): Promise<Run> {
  const initiator = createInitiator(sideOptions('initiator', options.initiator));
  const responder = createResponder(sideOptions('responder', options.responder));
  const endings: { initiator: Ending; responder: Ending } = {
    initiator: 'waiting',
    responder: 'waiting',
  };
  const flights: Uint8Array[] = [];
  let flight: Uint8Array | undefined = initiator.start();
  for (let index = 0; flight !== undefined; index++) {
    flights.push(flight);
    const arriving = tamper(flight, index);
    if (arriving === undefined) break;
    const [name, side]: ['initiator' | 'responder', Handshake] =
      index % 2 === 0 ? ['responder', responder] : ['initiator', initiator];
    try {
      const step = await side.receive(arriving);
      if (step.agreement !== undefined) endings[name] = step.agreement;
      flight = step.send;
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      endings[name] = error;
      flight = undefined;
    }
  }
  return { ...endings, flights };
}

export function isAgreement(ending: Ending): ending is Agreement {
  return ending !== 'waiting' && !(ending instanceof KeyingError);
}

export function codeOf(ending: Ending): string {
  if (ending === 'waiting') return 'waiting';
  return ending instanceof KeyingError ? ending.code : 'agreed';
}

export function bytesOf(secret: Secret): Uint8Array {
  return secret.use((bytes) => bytes.slice());
}

/** Same keys, opposite directions. */
export function holdSameKeys(one: Agreement, other: Agreement): boolean {
  return (
    bytesOf(one.wrapSend).join() === bytesOf(other.wrapReceive).join() &&
    bytesOf(one.wrapReceive).join() === bytesOf(other.wrapSend).join()
  );
}

/** What the initiator's last flight is made of. */
export const finalTypes = ['dh-part-initiator', 'kem', 'confirm-initiator'] as const;

/** Both sides' agreements; fails the test where one has none. */
export function agreed(run: Run) {
  if (!isAgreement(run.initiator) || !isAgreement(run.responder)) {
    throw new Error(`${codeOf(run.initiator)} / ${codeOf(run.responder)}`);
  }
  return { initiator: run.initiator, responder: run.responder };
}
