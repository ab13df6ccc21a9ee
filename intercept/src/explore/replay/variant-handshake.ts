/**
 * One side of the handshake with defences left out: the parts of keying/ put together as its initiator
 * and responder do, but for what `off` names. Insecure on purpose; the lab's only. With nothing left out
 * it completes with the real ones, which its test checks.
 */
import { createHash, decapsulate, generateKeyPairSync } from 'node:crypto';
import { concatBytes, equalConstantTime } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import type {
  Agreement,
  HandshakeOptions,
  HandshakeStep,
  InitiatorHandshake,
} from '@earshot/keying/handshake';
import { confirm, requireConfirmation } from '@earshot/keying/handshake/confirmation';
import {
  agreeX25519,
  confirmationMac,
  deriveHandshakeKeys,
  type HandshakeKeys,
} from '@earshot/keying/handshake/key-schedule';
import {
  encodeCommit,
  encodeConfirm,
  encodeDhPart,
  encodeKem,
  parseCommit,
  parseConfirm,
  parseDhPart,
  parseFlight,
  parseKem,
  type DhPart,
  type Role,
} from '@earshot/keying/handshake/messages';
import { shortAuthenticationString } from '@earshot/keying/handshake/short-authentication-string';
import { commitmentTo, transcriptHash } from '@earshot/keying/handshake/transcript';
import { Secret } from '@earshot/keying/secret';
import { frameSuiteTable } from '@earshot/keying/sframe';
import { basePoint } from '../../operator/handshake-forger.ts';
import { encapsulateTo, kemKeyBytes, rawKemKey } from '../../operator/native-ml-kem.ts';
import type { E2eeDefencesOff } from '../defences.ts';
import { emptyKem } from './byte-terms.ts';

interface Messages {
  readonly commit: Uint8Array;
  readonly dhPartResponder: Uint8Array;
  readonly dhPartInitiator: Uint8Array;
  readonly kem: Uint8Array;
}

interface Concluded {
  readonly keys: HandshakeKeys;
  readonly transcript: Uint8Array;
  readonly peer: DhPart;
  readonly messages: Messages;
}

export class VariantHandshake implements InitiatorHandshake {
  readonly #options: HandshakeOptions;
  readonly #role: Role;
  readonly #off: E2eeDefencesOff;
  readonly #exponent: Uint8Array;
  readonly #kem = generateKeyPairSync('ml-kem-768');
  readonly #dhPart: Uint8Array;
  #commit: Uint8Array | undefined;
  #concluded: Concluded | undefined;

  constructor(options: HandshakeOptions, role: Role, off: E2eeDefencesOff) {
    this.#options = options;
    this.#role = role;
    this.#off = off;
    this.#exponent = options.random(32);
    this.#dhPart = encodeDhPart({
      role,
      suiteId: this.#suiteId,
      mode: options.mode,
      callId: options.callId,
      participantId: options.selfId,
      identity: options.identity.publicKey,
      ephemeral: agreeX25519(this.#exponent, basePoint),
      nonce: options.random(32),
      kemKey: role === 'responder' ? this.#ownKemKey() : undefined,
    });
  }

  start(): Uint8Array {
    const commitment = commitmentTo(this.#dhPart);
    this.#commit = encodeCommit({ suiteId: this.#suiteId, commitment });
    return this.#commit;
  }

  async receive(flight: Uint8Array): Promise<HandshakeStep> {
    if (this.#role === 'initiator') {
      return this.#concluded === undefined
        ? this.#reveal(flight)
        : this.#finish(flight, this.#concluded);
    }
    return this.#commit === undefined
      ? this.#respond(flight)
      : this.#conclude(flight, this.#commit);
  }

  close(): void {
    this.#exponent.fill(0);
  }

  get #suiteId(): number {
    return frameSuiteTable[this.#options.suite].id;
  }

  #ownKemKey(): Uint8Array {
    return this.#off.has('kem') ? new Uint8Array(kemKeyBytes) : rawKemKey(this.#kem.publicKey);
  }

  #respond(flight: Uint8Array): HandshakeStep {
    const [commit] = parseFlight(flight, ['commit']);
    this.#checkSuite(parseCommit(commit).suiteId);
    this.#commit = commit.bytes;
    return { send: this.#dhPart, agreement: undefined };
  }

  async #reveal(flight: Uint8Array): Promise<HandshakeStep> {
    const [message] = parseFlight(flight, ['dh-part-responder']);
    const peer = parseDhPart(message);
    this.#checkPart(peer);
    const { kem, secret } = this.#encapsulate(peer.kemKey);
    const messages = {
      commit: this.#commit ?? this.start(),
      dhPartResponder: message.bytes,
      dhPartInitiator: this.#dhPart,
      kem,
    };
    this.#concluded = this.#keysFor(peer, messages, secret);
    const own = encodeConfirm('initiator', await this.#confirm(this.#concluded));
    return { send: concatBytes(this.#dhPart, kem, own), agreement: undefined };
  }

  async #conclude(flight: Uint8Array, commit: Uint8Array): Promise<HandshakeStep> {
    const expected = ['dh-part-initiator', 'kem', 'confirm-initiator'] as const;
    const [part, kem, confirmation] = parseFlight(flight, expected);
    const { commitment } = parseCommit(parseFlight(commit, ['commit'])[0]);
    const isCommitted = equalConstantTime(commitmentTo(part.bytes), commitment);
    if (!isCommitted && !this.#off.has('commitment'))
      throw new KeyingError('handshake-commitment', '');
    const peer = parseDhPart(part);
    this.#checkPart(peer);
    const secret = this.#off.has('kem')
      ? new Uint8Array(32)
      : new Uint8Array(decapsulate(this.#kem.privateKey, parseKem(kem)));
    const messages = {
      ...{ commit, dhPartResponder: this.#dhPart },
      ...{ dhPartInitiator: part.bytes, kem: kem.bytes },
    };
    const concluded = this.#keysFor(peer, messages, secret);
    this.#check(concluded, parseConfirm(confirmation));
    const send = encodeConfirm('responder', await this.#confirm(concluded));
    return { send, agreement: this.#agreement(concluded) };
  }

  #finish(flight: Uint8Array, concluded: Concluded): HandshakeStep {
    const [message] = parseFlight(flight, ['confirm-responder']);
    this.#check(concluded, parseConfirm(message));
    return { send: undefined, agreement: this.#agreement(concluded) };
  }

  #encapsulate(key: Uint8Array | undefined): { kem: Uint8Array; secret: Uint8Array } {
    if (this.#off.has('kem')) return { kem: new Uint8Array(emptyKem), secret: new Uint8Array(32) };
    const { ciphertext, sharedKey } = encapsulateTo(key ?? new Uint8Array(0));
    return { kem: encodeKem(ciphertext), secret: sharedKey };
  }

  #keysFor(peer: DhPart, messages: Messages, kem: Uint8Array): Concluded {
    const x25519 = this.#agree(peer.ephemeral);
    const transcript = this.#transcript(messages);
    const { linkSecret } = this.#options;
    const keys = deriveHandshakeKeys({ transcript, x25519, kem, linkSecret });
    return { keys, transcript, peer, messages };
  }

  #agree(value: Uint8Array): Uint8Array {
    try {
      return agreeX25519(this.#exponent, value);
    } catch (error) {
      // What a side that does not look goes on with.
      if (this.#off.has('low-order-check')) return new Uint8Array(32);
      throw error;
    }
  }

  #transcript(messages: Messages): Uint8Array {
    const { mode, callId, selfId, peerId } = this.#options;
    const isInitiator = this.#role === 'initiator';
    const ids = isInitiator
      ? { initiatorId: selfId, responderId: peerId }
      : { initiatorId: peerId, responderId: selfId };
    if (!this.#off.has('messages-in-transcript') && !this.#off.has('parameters-in-transcript')) {
      return transcriptHash({ mode, callId, ...ids, ...messages });
    }
    const { commit, dhPartResponder, dhPartInitiator, kem } = messages;
    const texts = ['earshot 1 transcript', '\x01'];
    const named = [mode, callId, ids.initiatorId, ids.responderId];
    const kept = [...texts, ...(this.#off.has('parameters-in-transcript') ? [] : named)];
    const hash = createHash('sha256');
    const take = (field: Uint8Array): void => {
      hash.update(Uint8Array.of(field.length >> 8, field.length & 0xff)).update(field);
    };
    for (const text of kept) take(Buffer.from(text, 'ascii'));
    if (!this.#off.has('messages-in-transcript')) {
      for (const message of [commit, dhPartResponder, dhPartInitiator, kem]) take(message);
    }
    return new Uint8Array(hash.digest());
  }

  #confirm({ keys, transcript }: Concluded): ReturnType<typeof confirm> {
    return confirm({ role: this.#role, keys, transcript }, this.#options.identity);
  }

  #check({ keys, transcript, peer }: Concluded, given: ReturnType<typeof parseConfirm>): void {
    const context = { role: peer.role, keys, transcript };
    const key = peer.role === 'initiator' ? keys.confirmInitiator : keys.confirmResponder;
    const { signature } = given;
    const expected = confirmationMac(key, { transcript, signature });
    const mac = this.#off.has('confirmation-mac') ? expected : given.mac;
    if (!this.#off.has('signature')) {
      requireConfirmation(context, { signature, mac }, peer.identity);
    } else if (!equalConstantTime(mac, expected)) {
      throw new KeyingError('handshake-confirmation', '');
    }
  }

  #checkPart(part: DhPart): void {
    this.#checkSuite(part.suiteId);
    if (this.#off.has('parameters-checked')) return;
    const { mode, callId, peerId } = this.#options;
    const isPeers = part.mode === mode && part.callId === callId && part.participantId === peerId;
    if (!isPeers) throw new KeyingError('handshake-mismatch', '');
  }

  #checkSuite(suiteId: number): void {
    if (this.#off.has('parameters-checked') || suiteId === this.#suiteId) return;
    throw new KeyingError('handshake-mismatch', '');
  }

  /** What two people compare: the parts, or the identities alone as Jitsi's code does. */
  #codeInput(
    messages: Messages,
    peer: DhPart,
  ): Pick<Messages, 'dhPartInitiator' | 'dhPartResponder'> {
    if (!this.#off.has('code-over-values')) return messages;
    const own = this.#options.identity.publicKey;
    return this.#role === 'initiator'
      ? { dhPartInitiator: own, dhPartResponder: peer.identity }
      : { dhPartInitiator: peer.identity, dhPartResponder: own };
  }

  #agreement({ keys, messages, peer }: Concluded): Agreement {
    const { wrapToInitiator, wrapToResponder } = keys;
    const isInitiator = this.#role === 'initiator';
    return {
      wrapSend: Secret.copy(isInitiator ? wrapToResponder : wrapToInitiator),
      wrapReceive: Secret.copy(isInitiator ? wrapToInitiator : wrapToResponder),
      sas: shortAuthenticationString(this.#codeInput(messages, peer)),
      peerIdentity: peer.identity,
    };
  }
}
