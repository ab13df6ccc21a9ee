import { randomBytes } from 'node:crypto';
import { equalConstantTime } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import {
  createInitiator,
  createResponder,
  type Agreement,
  type HandshakeOptions,
  type InitiatorHandshake,
  type Handshake,
} from '@earshot/keying/handshake';
import { topologies } from '@earshot/keying/mode';
import { defaultFrameSuite } from '@earshot/keying/sframe';
import { createIdentity } from '@earshot/peer/device-identity';
import { VariantHandshake } from '../explore/replay/variant-handshake.ts';
import { HandshakeForger, ownX25519, type ForgedX25519 } from '../operator/handshake-forger.ts';
import { lowOrderValues, withLowOrder } from '../operator/low-order-values.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';

/** The two sides of a client: what it is when it arrives, and when it was there first. */
interface Client {
  initiator(options: HandshakeOptions): InitiatorHandshake;
  responder(options: HandshakeOptions): Handshake;
}

const shipped: Client = { initiator: createInitiator, responder: createResponder };
const unchecked = new Set(['low-order-check'] as const);
const withoutCheck: Client = {
  initiator: (options) => new VariantHandshake(options, 'initiator', unchecked),
  responder: (options) => new VariantHandshake(options, 'responder', unchecked),
};

export default defineAttack({
  id: 'K8',
  title: 'Low-order X25519 values',
  question: 'Can the operator send a public value that makes the shared secret known in advance?',
  power: 'active',
  cells: topologies.map((topology) => ({ mode: 'e2ee', topology })),
  quick: 'all',
  claim: ({ row, topology }) =>
    row.serverHears[topology] === 'never'
      ? { outcome: 'resists', noticed: true }
      : { outcome: 'falls' },
  run: () => tried(shipped, lowOrderValues.map(withLowOrder)),
  controls: [
    {
      id: 'without-the-check',
      title: 'the same values, sent to a client that does not look at the result',
      proves: { outcome: 'falls', noticed: false },
      run: () => tried(withoutCheck, lowOrderValues.map(withLowOrder)),
    },
    {
      id: 'value-with-a-key',
      title: 'the same messages to the same client, with a value that has a key',
      proves: { outcome: 'falls', noticed: false },
      run: () => tried(shipped, [ownX25519()]),
    },
  ],
});

/** Each value to somebody who was there first and to somebody who arrives; the link has no secret. */
async function tried(client: Client, values: readonly ForgedX25519[]): Promise<Evidence> {
  let completed = 0;
  const refusals = new Map<string, number>();
  const refusalsByValue: string[] = [];
  for (const x25519 of values) {
    for (const attempt of [againstInitiator, againstResponder]) {
      const result = await attempt(client, x25519);
      if (result === 'completed') completed++;
      else refusals.set(result, (refusals.get(result) ?? 0) + 1);
      refusalsByValue.push(
        `${Buffer.from(x25519.value).toString('hex')} ${attempt.name}: ${result}`,
      );
    }
  }
  const of = 2 * values.length;
  return {
    tried: `Each of ${String(values.length)} public values was sent in a real DHPart to both sides of the handshake, over a link without a secret.`,
    proofs: [
      {
        kind: 'count',
        what: 'handshakes after which the operator holds the wrap keys too',
        found: completed,
        of,
      },
    ],
    notices: [
      {
        what:
          refusals.size === 0
            ? 'no handshake was refused'
            : [...refusals].map(([code, count]) => `${code}: ${String(count)}`).join(', '),
        noticed: completed < of,
      },
    ],
    obtained: { 'X25519 values': values.length, 'handshakes tried': of },
    artefacts: [{ name: 'values.txt', content: `${refusalsByValue.join('\n')}\n` }],
  };
}

async function againstInitiator(client: Client, x25519: ForgedX25519): Promise<string> {
  const victim = client.initiator(optionsOf('alice', 'bob'));
  const forger = new HandshakeForger({
    ...forgedOptions('bob', 'alice'),
    role: 'responder',
    x25519,
  });
  return outcomeOf(async () => {
    const commit = victim.start();
    const part = forger.part();
    const { send } = await victim.receive(part);
    if (send === undefined) return undefined;
    const { flight, keys } = await forger.conclude({ commit, part, flight: send });
    const { agreement } = await victim.receive(flight);
    return { agreement, wrapSend: keys.wrapToResponder };
  });
}

async function againstResponder(client: Client, x25519: ForgedX25519): Promise<string> {
  const victim = client.responder(optionsOf('bob', 'alice'));
  const forger = new HandshakeForger({
    ...forgedOptions('alice', 'bob'),
    role: 'initiator',
    x25519,
  });
  return outcomeOf(async () => {
    const part = forger.part();
    const commit = forger.commitTo(part);
    const { send } = await victim.receive(commit);
    if (send === undefined) return undefined;
    const { flight, keys } = await forger.reveal({ commit, part, dhPartResponder: send });
    const { agreement } = await victim.receive(flight);
    return { agreement, wrapSend: keys.wrapToInitiator };
  });
}

interface Reached {
  readonly agreement: Agreement | undefined;
  /** What the operator takes for the key under which the victim seals its own. */
  readonly wrapSend: Uint8Array;
}

/** `completed` if the victim goes on under keys that the operator has; else why not. */
async function outcomeOf(handshake: () => Promise<Reached | undefined>): Promise<string> {
  try {
    const reached = await handshake();
    const wrapSend = reached?.agreement?.wrapSend;
    if (reached === undefined || wrapSend === undefined) return 'not concluded';
    const isKnown = wrapSend.use((key) => equalConstantTime(key, reached.wrapSend));
    return isKnown ? 'completed' : 'other keys';
  } catch (error) {
    if (error instanceof KeyingError) return error.code;
    throw error;
  }
}

const callId = 'low-order';

function optionsOf(selfId: string, peerId: string): HandshakeOptions {
  return {
    ...{ callId, mode: 'e2ee', suite: defaultFrameSuite, selfId, peerId },
    linkSecret: undefined,
    identity: createIdentity(),
    random: (length) => new Uint8Array(randomBytes(length)),
  };
}

function forgedOptions(
  selfId: string,
  peerId: string,
): Pick<HandshakeOptions, 'callId' | 'mode' | 'suite' | 'selfId' | 'peerId'> {
  return { callId, mode: 'e2ee', suite: defaultFrameSuite, selfId, peerId };
}
