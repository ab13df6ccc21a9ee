/**
 * A trace of the model played to the real handshake: honest people run keying/ (or, where the trace needs
 * a defence to be missing, `VariantHandshake`), and the attacker turns the trace's terms into bytes from
 * what it has seen so far. What each side then holds is compared with what the model said.
 */
import { randomBytes } from 'node:crypto';
import { concatBytes } from '@earshot/keying/bytes';
import { KeyingError, type KeyingErrorCode } from '@earshot/keying/errors';
import {
  createInitiator,
  createResponder,
  type Agreement,
  type Handshake,
  type HandshakeOptions,
  type Identity,
} from '@earshot/keying/handshake';
import { keyingModes } from '@earshot/keying/mode';
import { Secret } from '@earshot/keying/secret';
import { createIdentity } from '@earshot/peer/device-identity';
import type { E2eeDefencesOff } from '../defences.ts';
import type { E2eeAction } from '../e2ee-attacker.ts';
import { goalRows, type E2eeGoal, type Standing } from '../e2ee-goals.ts';
import { encodeKem, type HandshakeKeys } from '../e2ee-messages.ts';
import { names, secrets, type E2eeState } from '../e2ee-model.ts';
import { drawn, start, type Side } from '../e2ee-role.ts';
import type { Trace } from '../search.ts';
import { record, verificationKey, type Term } from '../term.ts';
import { ByteTerms, emptyKem, UnknownTerm } from './byte-terms.ts';
import { searchNonce } from './code-search.ts';
import { VariantHandshake } from './variant-handshake.ts';

export interface ReplayOptions {
  readonly trace: Trace<E2eeState, E2eeAction>;
  readonly goal: E2eeGoal;
  /** Left out by the honest people of this replay; empty: the real handshake. */
  readonly off: E2eeDefencesOff;
}

/** How it went for one honest person towards one other. */
export interface ReplayedSide {
  readonly name: string;
  /** `agreed`, `waiting`, or why it gave up. */
  readonly ending: 'agreed' | 'waiting' | KeyingErrorCode;
  /** The attacker computed the key under which this side seals its base key. */
  readonly isKeyKnown: boolean;
  /** As shown on this side's screen; undefined: nothing shown. */
  readonly words: string | undefined;
  /** The identity that this side saw is the peer's own. */
  readonly isPeerGenuine: boolean;
}

interface Person {
  readonly standing: Standing;
  readonly handshake: Handshake;
  agreement: Agreement | undefined;
  failure: KeyingErrorCode | undefined;
}

export async function replayE2ee(options: ReplayOptions): Promise<readonly ReplayedSide[]> {
  const replay = new Replay(options);
  for (const step of options.trace.steps) {
    if (!(await replay.play(step.action, step.state.sent))) break;
  }
  return replay.outcome();
}

class Replay {
  readonly #bytes = new ByteTerms();
  readonly #people: readonly Person[];
  readonly #identities = new Map<Term, Identity>();

  constructor({ trace, goal, off }: ReplayOptions) {
    const { knowsLink, knowsExponents } = goalRows[goal];
    const linkSecret = new Uint8Array(randomBytes(32));
    if (knowsLink) this.#bytes.bind(secrets.link, linkSecret);
    for (const key of [secrets.alice, secrets.bob]) {
      const identity = createIdentity();
      this.#identities.set(key, identity);
      this.#bytes.bind(verificationKey(key), identity.publicKey);
    }
    // Taken while it began: what was in it says what each side wants.
    this.#people = trace.final.sides.map((standing) => {
      const { side } = standing;
      const disclose = knowsExponents ? drawn(side).exponent : undefined;
      const handshake = this.#begin({ side, off, linkSecret, disclose });
      return { standing, handshake, agreement: undefined, failure: undefined };
    });
  }

  #begin({ side, off, linkSecret, disclose }: Beginning): Handshake {
    let draws = 0;
    const options: HandshakeOptions = {
      callId: side.parameters.callId.name,
      mode: keyingModes.find((mode) => mode === side.parameters.mode.name) ?? 'e2ee',
      suite:
        side.parameters.suite === names.strong
          ? 'AES_128_CTR_HMAC_SHA256_80'
          : 'AES_128_CTR_HMAC_SHA256_32',
      selfId: side.selfId.name,
      peerId: side.peerId.name,
      linkSecret: off.has('link-secret') ? undefined : Secret.copy(linkSecret),
      identity: this.#identities.get(side.identity) ?? createIdentity(),
      random: (length) => {
        const bytes = new Uint8Array(randomBytes(length));
        // The first that a side draws is its X25519 key.
        if (draws++ === 0 && disclose !== undefined) this.#bytes.bind(disclose, bytes);
        return bytes;
      },
    };
    // These three are outside the handshake's code: an option, the caller's comparison, the link.
    const inHandshake = new Set(off);
    for (const outside of ['link-secret', 'pinned-identity', 'mode-in-fragment'] as const) {
      inHandshake.delete(outside);
    }
    const isReal = inHandshake.size === 0;
    if (side.role === 'responder') {
      return isReal ? createResponder(options) : new VariantHandshake(options, 'responder', off);
    }
    const initiator = isReal
      ? createInitiator(options)
      : new VariantHandshake(options, 'initiator', off);
    const commit = initiator.start();
    for (const message of start(side, off).sent) this.#bytes.read(message, commit);
    return initiator;
  }

  /** @returns whether the side went along. */
  async play(action: E2eeAction, sent: readonly Term[]): Promise<boolean> {
    const person = this.#people.find(({ standing }) => standing.side.name === action.to);
    if (person === undefined) throw new TypeError(`nobody is called ${action.to}`);
    searchNonce(action, this.#bytes);
    try {
      const step = await person.handshake.receive(this.#flight(action, person.standing.side));
      person.agreement = step.agreement;
      this.#read(sent, step.send);
      return true;
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      person.failure = error.code;
      return false;
    }
  }

  #flight(action: E2eeAction, { role }: Side): Uint8Array {
    const bytes = (message: Term): Uint8Array => this.#bytes.bytesOf(message);
    switch (action.kind) {
      case 'commit':
        return bytes(record('Commit', [action.suite, action.commitment]));
      case 'dh-part':
        return bytes(action.message);
      case 'reveal': {
        const { dhPartInitiator, ciphertext, confirm } = action;
        const kem = ciphertext === undefined ? emptyKem : bytes(encodeKem(ciphertext));
        const confirmation = record('Confirm_I', [confirm.signature, confirm.mac]);
        return concatBytes(bytes(dhPartInitiator), kem, bytes(confirmation));
      }
      case 'confirm': {
        const name = role === 'initiator' ? 'Confirm_R' : 'Confirm_I';
        return bytes(record(name, [action.confirm.signature, action.confirm.mac]));
      }
    }
  }

  /** The messages of a flight, each after its 2-byte length at 2. */
  #read(sent: readonly Term[], flight: Uint8Array | undefined): void {
    let at = 0;
    for (const message of sent) {
      if (message.operation !== 'record' || flight === undefined) continue;
      while (flight[at + 1] === 4 && message.name !== 'Kem') at += emptyKem.length;
      const end = at + 4 + (flight[at + 2] ?? 0) * 256 + (flight[at + 3] ?? 0);
      this.#bytes.read(message, flight.subarray(at, end));
      at = end;
    }
  }

  outcome(): readonly ReplayedSide[] {
    return this.#people.map(({ standing, agreement, failure, handshake }) => {
      handshake.close();
      const { side, state } = standing;
      const wrap = state.kind === 'done' ? wrapKeyOf(side, state.keys) : undefined;
      return {
        name: side.name,
        ending: failure ?? (agreement === undefined ? 'waiting' : 'agreed'),
        isKeyKnown: wrap !== undefined && agreement !== undefined && this.#has(wrap, agreement),
        words: agreement?.sas.words.join(' '),
        isPeerGenuine: this.#isGenuine(side, agreement),
      };
    });
  }

  #has(wrap: Term, agreement: Agreement): boolean {
    try {
      const computed = Buffer.from(this.#bytes.bytesOf(wrap));
      return agreement.wrapSend.use((key) => computed.equals(key));
    } catch (error) {
      if (error instanceof UnknownTerm) return false;
      throw error;
    }
  }

  #isGenuine(side: Side, agreement: Agreement | undefined): boolean {
    if (agreement === undefined) return false;
    const key = side.peerId === names.alice ? secrets.alice : secrets.bob;
    const genuine = this.#identities.get(key)?.publicKey ?? new Uint8Array(0);
    return Buffer.from(agreement.peerIdentity).equals(genuine);
  }
}

interface Beginning {
  readonly side: Side;
  readonly off: E2eeDefencesOff;
  readonly linkSecret: Uint8Array;
  /** The term of the X25519 key that the attacker is given. */
  readonly disclose: Term | undefined;
}

const wrapKeyOf = ({ role }: Side, keys: HandshakeKeys): Term =>
  role === 'initiator' ? keys.wrapToResponder : keys.wrapToInitiator;
