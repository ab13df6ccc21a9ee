/** The side that was there before. The exchange is drawn in `initiator.ts`. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { equalConstantTime } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { confirm, requireConfirmation } from './confirmation.ts';
import { drawKem, drawX25519 } from './ephemeral-stock.ts';
import type { Handshake, HandshakeOptions, HandshakeStep } from './handshake-ports.ts';
import { agreeX25519, deriveHandshakeKeys, wipeHandshakeKeys } from './key-schedule.ts';
import type { HandshakeKeys } from './key-schedule.ts';
import {
  encodeConfirm,
  encodeDhPart,
  parseCommit,
  parseConfirm,
  parseDhPart,
  parseFlight,
  parseKem,
} from './messages.ts';
import type { Message } from './messages.ts';
import {
  ownDhPart,
  requireHandshakeOptions,
  requirePeerPart,
  requireSuite,
} from './pair-parameters.ts';
import { shortAuthenticationString } from './short-authentication-string.ts';
import { commitmentTo, transcriptHash } from './transcript.ts';

type State =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'responded';
      readonly commit: Message;
      readonly commitment: Uint8Array;
      readonly dhPart: Uint8Array;
      readonly ephemeral: Secret;
      readonly kemSecret: Secret;
    }
  | { readonly kind: 'over' };

type Responded = State & { kind: 'responded' };

/** @throws RangeError for impossible options. */
export function createResponder(options: HandshakeOptions): Handshake {
  requireHandshakeOptions(options);
  return new Responder(options);
}

class Responder implements Handshake {
  readonly #options: HandshakeOptions;
  #state: State = { kind: 'waiting' };
  #keys: HandshakeKeys | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  async receive(flight: Uint8Array): Promise<HandshakeStep> {
    try {
      switch (this.#state.kind) {
        case 'waiting':
          return this.#respond(flight);
        case 'responded':
          return await this.#finish(flight, this.#state);
        case 'over':
          throw new KeyingError('handshake-unexpected', 'the handshake is over');
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#wipeEphemerals();
    this.#state = { kind: 'over' };
    if (this.#keys !== undefined) wipeHandshakeKeys(this.#keys);
    this.#keys = undefined;
  }

  #respond(flight: Uint8Array): HandshakeStep {
    const [commit] = parseFlight(flight, ['commit']);
    const { suiteId, commitment } = parseCommit(commit);
    requireSuite(this.#options, suiteId);
    const { ephemerals, random } = this.#options;
    const ephemeral = ephemerals?.takeX25519() ?? drawX25519(random);
    const kem = ephemerals?.takeKem() ?? drawKem(random);
    const dhPart = encodeDhPart(
      ownDhPart(this.#options, {
        role: 'responder',
        ephemeral: ephemeral.publicKey,
        kemKey: kem.publicKey,
      }),
    );
    this.#state = {
      ...{ kind: 'responded', commit, commitment, dhPart },
      ...{ ephemeral: ephemeral.secretKey, kemSecret: kem.secretKey },
    };
    return { send: dhPart, agreement: undefined };
  }

  async #finish(flight: Uint8Array, state: Responded): Promise<HandshakeStep> {
    const [dhPartInitiator, kemMessage, confirmMessage] = parseFlight(flight, [
      'dh-part-initiator',
      'kem',
      'confirm-initiator',
    ]);
    if (!equalConstantTime(commitmentTo(dhPartInitiator.bytes), state.commitment)) {
      throw new KeyingError('handshake-commitment', 'another DHPart than the one committed to');
    }
    const part = parseDhPart(dhPartInitiator);
    requirePeerPart(this.#options, part, 'initiator');
    const transcript = transcriptHash({
      mode: this.#options.mode,
      callId: this.#options.callId,
      initiatorId: this.#options.peerId,
      responderId: this.#options.selfId,
      commit: state.commit.bytes,
      dhPartResponder: state.dhPart,
      dhPartInitiator: dhPartInitiator.bytes,
      kem: kemMessage.bytes,
    });
    const keys = this.#deriveKeys({ state, transcript, part, kemMessage });
    this.#keys = keys;
    this.#wipeEphemerals();
    const context = { role: 'initiator', keys, transcript } as const;
    requireConfirmation(context, parseConfirm(confirmMessage), part.identity);
    const own = await confirm({ role: 'responder', keys, transcript }, this.#options.identity);
    if (this.#state !== state) {
      throw new KeyingError('handshake-unexpected', 'closed while signing');
    }
    const agreement = {
      wrapSend: Secret.copy(keys.wrapToInitiator),
      wrapReceive: Secret.copy(keys.wrapToResponder),
      sas: shortAuthenticationString({
        dhPartInitiator: dhPartInitiator.bytes,
        dhPartResponder: state.dhPart,
      }),
      peerIdentity: part.identity,
    };
    this.close();
    return { send: encodeConfirm('responder', own), agreement };
  }

  #deriveKeys({ state, transcript, part, kemMessage }: FinalFlight): HandshakeKeys {
    const shared = state.ephemeral.use((secretKey) => agreeX25519(secretKey, part.ephemeral));
    // A ciphertext made for another key gives another secret (FIPS 203 section 6.3, implicit
    // rejection), and so a confirmation that fails.
    const ciphertext = parseKem(kemMessage);
    const kem = state.kemSecret.use((secretKey) => ml_kem768.decapsulate(ciphertext, secretKey));
    const { linkSecret } = this.#options;
    return deriveHandshakeKeys({ transcript, x25519: shared, kem, linkSecret });
  }

  #wipeEphemerals(): void {
    if (this.#state.kind !== 'responded') return;
    this.#state.ephemeral.wipe();
    this.#state.kemSecret.wipe();
  }
}

interface FinalFlight {
  readonly state: Responded;
  readonly transcript: Uint8Array;
  readonly part: ReturnType<typeof parseDhPart>;
  readonly kemMessage: Message;
}
