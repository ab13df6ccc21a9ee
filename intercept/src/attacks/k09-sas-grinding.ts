import { randomBytes } from 'node:crypto';
import { equalConstantTime } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import {
  createResponder,
  type Agreement,
  type Handshake,
  type HandshakeOptions,
} from '@earshot/keying/handshake';
import { topologies } from '@earshot/keying/mode';
import { defaultFrameSuite } from '@earshot/keying/sframe';
import { createIdentity } from '@earshot/peer/device-identity';
import { VariantHandshake } from '../explore/replay/variant-handshake.ts';
import { HandshakeForger } from '../operator/handshake-forger.ts';
import { searchEqualEmoji, type Candidates, type EqualCodes } from '../operator/sas-search.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';

type Responder = (options: HandshakeOptions) => Handshake;

const uncommitted = new Set(['commitment'] as const);
const withoutCommitment: Responder = (options) =>
  new VariantHandshake(options, 'responder', uncommitted);

/** Calls in which the operator keeps to its commitment and hopes: each has one chance in 2^24. */
const guesses = 4;
const emojiBits = 24;
const wordBits = 16;

export default defineAttack({
  id: 'K9',
  title: 'Safety code grinding',
  question: 'Can somebody in between make the two safety codes look the same?',
  power: 'active',
  cells: topologies.map((topology) => ({ mode: 'e2ee', topology })),
  quick: 'all',
  claim: ({ row }) => ({ outcome: row.peersAuthenticated ? 'resists' : 'falls', noticed: true }),
  run: () => ground(createResponder, guesses),
  controls: [
    {
      id: 'without-commitment',
      title: 'the same search against clients that do not compare the part with the commitment',
      proves: { outcome: 'falls', noticed: false },
      run: () => ground(withoutCommitment, 0),
    },
  ],
});

/**
 * The operator tells both people that they were there first and plays to each the one who arrives: the one
 * who speaks last. The link has no secret, so that nothing but the safety code stands in its way.
 */
async function ground(client: Responder, guessed: number): Promise<Evidence> {
  const startedAt = performance.now();
  const alice = new Middle(client, 'alice', 'bob');
  const bob = new Middle(client, 'bob', 'alice');
  await Promise.all([alice.commit(), bob.commit()]);
  const searchedAt = performance.now();
  const search = await searchEqualEmoji(alice.candidates, bob.candidates);
  const searchS = (performance.now() - searchedAt) / 1000;
  const [forAlice, forBob] = search.parts ?? [alice.committed, bob.committed];
  const outcomes = [await alice.reveal(forAlice), await bob.reveal(forBob)];
  const seconds = (performance.now() - startedAt) / 1000;
  const codes = outcomes.map((outcome) => outcome.emoji ?? outcome.refusal);
  let equal = isUndetected(outcomes) ? 1 : 0;
  for (let i = 0; i < guessed; i++) if (isUndetected(await guessOnce(client))) equal++;
  return {
    tried: `The operator computed ${String(search.tried)} safety codes until both people would see the same emoji, and sent the parts that give them.`,
    proofs: [
      {
        kind: 'count',
        what: 'calls in which both see the same four emoji, and the operator holds the keys of both',
        found: equal,
        of: 1 + guessed,
      },
    ],
    notices: [
      {
        what: `what alice and bob are shown: ${codes.join(' / ')}`,
        noticed: codes[0] !== codes[1] || outcomes.some(({ emoji }) => emoji === undefined),
      },
    ],
    obtained: obtained(search, { seconds, searchS, guessed }),
  };
}

function obtained(
  { tried, parts }: EqualCodes,
  {
    seconds,
    searchS,
    guessed,
  }: { readonly seconds: number; readonly searchS: number; readonly guessed: number },
): Readonly<Record<string, string | number>> {
  const codesPerS = tried / searchS;
  return {
    'codes computed': tried,
    'found two that look the same': parts === undefined ? 'no' : 'yes',
    'seconds of search': Number(searchS.toFixed(3)),
    'seconds, both handshakes included': Number(seconds.toFixed(2)),
    'codes per second': Math.round(codesPerS),
    'seconds to match emoji and words, at this rate': Math.round(
      2 ** (1 + (emojiBits + wordBits) / 2) / codesPerS,
    ),
    'calls that kept to the commitment': guessed,
    'chance of each of those': `1 in ${String(2 ** emojiBits)}`,
  };
}

async function guessOnce(client: Responder): Promise<readonly Shown[]> {
  const sides = [new Middle(client, 'alice', 'bob'), new Middle(client, 'bob', 'alice')];
  const shown: Shown[] = [];
  for (const side of sides) {
    await side.commit();
    shown.push(await side.reveal(side.committed));
  }
  return shown;
}

/** What one person gets to see. */
interface Shown {
  readonly emoji: string | undefined;
  /** Why the call ended instead. */
  readonly refusal: string | undefined;
  /** Whether the operator holds the key under which this person seals its own. */
  readonly isHeard: boolean;
}

function isUndetected([alice, bob]: readonly Shown[]): boolean {
  const isEqual = alice?.emoji !== undefined && alice.emoji === bob?.emoji;
  return isEqual && alice.isHeard && bob.isHeard;
}

/** The operator's handshake with one person. */
class Middle {
  readonly committed: Uint8Array;
  readonly #victim: Handshake;
  readonly #forger: HandshakeForger;
  #commit = new Uint8Array(0);
  #dhPartResponder = new Uint8Array(0);

  constructor(client: Responder, victimId: string, playedId: string) {
    const call = { callId: 'grinding', mode: 'e2ee', suite: defaultFrameSuite } as const;
    this.#victim = client({
      ...call,
      selfId: victimId,
      peerId: playedId,
      linkSecret: undefined,
      identity: createIdentity(),
      random: (length) => new Uint8Array(randomBytes(length)),
    });
    this.#forger = new HandshakeForger({
      ...call,
      role: 'initiator',
      selfId: playedId,
      peerId: victimId,
    });
    this.committed = this.#forger.part();
  }

  get candidates(): Candidates {
    return { dhPartInitiator: this.committed, dhPartResponder: this.#dhPartResponder };
  }

  async commit(): Promise<void> {
    this.#commit = new Uint8Array(this.#forger.commitTo(this.committed));
    const { send } = await this.#victim.receive(this.#commit);
    this.#dhPartResponder = new Uint8Array(send ?? []);
  }

  async reveal(part: Uint8Array): Promise<Shown> {
    const sent = { commit: this.#commit, part, dhPartResponder: this.#dhPartResponder };
    const { flight, keys } = await this.#forger.reveal(sent);
    let agreement: Agreement | undefined;
    try {
      ({ agreement } = await this.#victim.receive(flight));
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      return { emoji: undefined, refusal: error.code, isHeard: false };
    }
    return {
      emoji: agreement?.sas.emoji.map(({ symbol }) => symbol).join(' '),
      refusal: undefined,
      isHeard:
        agreement?.wrapSend.use((key) => equalConstantTime(key, keys.wrapToInitiator)) ?? false,
    };
  }
}
