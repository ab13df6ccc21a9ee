/**
 * The side that came later, as a rule while in the lobby.
 *
 *     I -> R   Commit
 *     R -> I   DHPart_R
 *     I -> R   DHPart_I, Kem, Confirm_I      one flight
 *     R -> I   Confirm_R
 */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { concatBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { confirm, requireConfirmation } from './confirmation.ts';
import { drawX25519 } from './ephemeral-stock.ts';
import type { HandshakeOptions, HandshakeStep, InitiatorHandshake } from './handshake-ports.ts';
import { agreeX25519, deriveHandshakeKeys, wipeHandshakeKeys } from './key-schedule.ts';
import type { HandshakeKeys } from './key-schedule.ts';
import {
  encodeCommit,
  encodeConfirm,
  encodeDhPart,
  encodeKem,
  parseConfirm,
  parseDhPart,
  parseFlight,
} from './messages.ts';
import type { Message } from './messages.ts';
import { ownDhPart, requireHandshakeOptions, requirePeerPart } from './pair-parameters.ts';
import { shortAuthenticationString } from './short-authentication-string.ts';
import { commitmentTo, transcriptHash } from './transcript.ts';
import { frameSuiteTable } from '../sframe/suites.ts';

type State =
  | { readonly kind: 'committed' }
  | {
      readonly kind: 'confirming';
      readonly keys: HandshakeKeys;
      readonly transcript: Uint8Array;
      readonly dhPartResponder: Message;
      readonly peerIdentity: Uint8Array;
    }
  | { readonly kind: 'over' };

/** @throws RangeError for impossible options. */
export function createInitiator(options: HandshakeOptions): InitiatorHandshake {
  return new Initiator(options);
}

class Initiator implements InitiatorHandshake {
  readonly #options: HandshakeOptions;
  readonly #ephemeral: Secret;
  readonly #dhPart: Uint8Array;
  readonly #commit: Uint8Array;
  #state: State = { kind: 'committed' };

  constructor(options: HandshakeOptions) {
    requireHandshakeOptions(options);
    this.#options = options;
    const { secretKey, publicKey } = options.ephemerals?.takeX25519() ?? drawX25519(options.random);
    this.#ephemeral = secretKey;
    this.#dhPart = encodeDhPart(
      ownDhPart(options, { role: 'initiator', ephemeral: publicKey, kemKey: undefined }),
    );
    this.#commit = encodeCommit({
      suiteId: frameSuiteTable[options.suite].id,
      commitment: commitmentTo(this.#dhPart),
    });
  }

  start(): Uint8Array {
    return this.#commit;
  }

  async receive(flight: Uint8Array): Promise<HandshakeStep> {
    try {
      switch (this.#state.kind) {
        case 'committed':
          return await this.#reveal(flight);
        case 'confirming':
          return this.#finish(flight, this.#state);
        case 'over':
          throw new KeyingError('handshake-unexpected', 'the handshake is over');
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#ephemeral.wipe();
    if (this.#state.kind === 'confirming') wipeHandshakeKeys(this.#state.keys);
    this.#state = { kind: 'over' };
  }

  async #reveal(flight: Uint8Array): Promise<HandshakeStep> {
    const [dhPartResponder] = parseFlight(flight, ['dh-part-responder']);
    const part = parseDhPart(dhPartResponder);
    requirePeerPart(this.#options, part, 'responder');
    const shared = this.#ephemeral.use((secretKey) => agreeX25519(secretKey, part.ephemeral));
    this.#ephemeral.wipe();
    const { cipherText, sharedSecret } = this.#encapsulate(part.kemKey);
    const kem = encodeKem(cipherText);
    const transcript = transcriptHash({
      mode: this.#options.mode,
      callId: this.#options.callId,
      initiatorId: this.#options.selfId,
      responderId: this.#options.peerId,
      commit: this.#commit,
      dhPartResponder: dhPartResponder.bytes,
      dhPartInitiator: this.#dhPart,
      kem,
    });
    const { linkSecret } = this.#options;
    const keys = deriveHandshakeKeys({ transcript, x25519: shared, kem: sharedSecret, linkSecret });
    this.#state = {
      kind: 'confirming',
      keys,
      transcript,
      dhPartResponder,
      peerIdentity: part.identity,
    };
    const own = await confirm({ role: 'initiator', keys, transcript }, this.#options.identity);
    this.#requireOpen();
    const send = concatBytes(this.#dhPart, kem, encodeConfirm('initiator', own));
    return { send, agreement: undefined };
  }

  #finish(flight: Uint8Array, state: State & { kind: 'confirming' }): HandshakeStep {
    const { keys, transcript, dhPartResponder, peerIdentity } = state;
    const [message] = parseFlight(flight, ['confirm-responder']);
    const context = { role: 'responder', keys, transcript } as const;
    requireConfirmation(context, parseConfirm(message), peerIdentity);
    const agreement = {
      wrapSend: Secret.copy(keys.wrapToResponder),
      wrapReceive: Secret.copy(keys.wrapToInitiator),
      sas: shortAuthenticationString({
        dhPartInitiator: this.#dhPart,
        dhPartResponder: dhPartResponder.bytes,
      }),
      peerIdentity,
    };
    this.close();
    return { send: undefined, agreement };
  }

  #encapsulate(kemKey: Uint8Array | undefined): {
    cipherText: Uint8Array;
    sharedSecret: Uint8Array;
  } {
    if (kemKey === undefined) throw new KeyingError('malformed', 'no KEM key');
    const seed = this.#options.random(32);
    try {
      return ml_kem768.encapsulate(kemKey, seed);
    } catch (cause) {
      // FIPS 203 section 7.2: the modulus check.
      throw new KeyingError('malformed', 'not an ML-KEM-768 key', { cause });
    } finally {
      seed.fill(0);
    }
  }

  /** `close` may have come while the identity was signing. */
  #requireOpen(): void {
    if (this.#state.kind !== 'confirming') {
      throw new KeyingError('handshake-unexpected', 'closed while signing');
    }
  }
}
