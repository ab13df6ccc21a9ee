/**
 * Somebody who plays one side of the handshake without keeping its rules: sends a public value that nobody
 * has a key for, commits to one part and reveals another, draws as many parts as it likes. What it computes
 * itself it computes with the parts of `keying/`, so that a peer without a defence goes along.
 */
import { decapsulate, generateKeyPairSync, randomBytes } from 'node:crypto';
import { concatBytes } from '@earshot/keying/bytes';
import { confirm } from '@earshot/keying/handshake/confirmation';
import {
  agreeX25519,
  deriveHandshakeKeys,
  type HandshakeKeys,
} from '@earshot/keying/handshake/key-schedule';
import {
  encodeCommit,
  encodeConfirm,
  encodeDhPart,
  encodeKem,
  parseDhPart,
  parseFlight,
  parseKem,
  type Role,
} from '@earshot/keying/handshake/messages';
import { commitmentTo, transcriptHash } from '@earshot/keying/handshake/transcript';
import type { KeyingMode } from '@earshot/keying/mode';
import { frameSuiteTable, type FrameSuite } from '@earshot/keying/sframe';
import { createIdentity } from '@earshot/peer/device-identity';
import { encapsulateTo, rawKemKey } from './native-ml-kem.ts';

/** What the forger sends as its X25519 value, and the secret that it shares with the peer by it. */
export interface ForgedX25519 {
  /** 32 bytes. */
  readonly value: Uint8Array;
  agreeWith(peerValue: Uint8Array): Uint8Array;
}

export interface HandshakeForgerOptions {
  readonly role: Role;
  readonly callId: string;
  readonly mode: KeyingMode;
  readonly suite: FrameSuite;
  readonly selfId: string;
  readonly peerId: string;
  /** Default: a pair of its own. */
  readonly x25519?: ForgedX25519;
}

export interface Forged {
  /** For the peer. */
  readonly flight: Uint8Array;
  /** What the peer has too, if it goes along. */
  readonly keys: HandshakeKeys;
}

/** RFC 7748 section 6.1: the public value is X25519 of the key and 9. */
export const basePoint = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0));
const nonceBytes = 32;

/** A key pair as anybody draws it. */
export function ownX25519(): ForgedX25519 {
  const key = new Uint8Array(randomBytes(32));
  return {
    value: agreeX25519(key, basePoint),
    agreeWith: (peerValue) => agreeX25519(key, peerValue),
  };
}

export class HandshakeForger {
  readonly #options: HandshakeForgerOptions;
  readonly #x25519: ForgedX25519;
  readonly #kem = generateKeyPairSync('ml-kem-768');
  readonly #identity = createIdentity();

  constructor(options: HandshakeForgerOptions) {
    this.#options = options;
    this.#x25519 = options.x25519 ?? ownX25519();
  }

  /** One of the parts that it could send: they differ in the nonce, 32 bytes. */
  part(nonce: Uint8Array = new Uint8Array(randomBytes(nonceBytes))): Uint8Array {
    const { role, mode, callId, selfId } = this.#options;
    return encodeDhPart({
      ...{ role, mode, callId, nonce },
      suiteId: this.#suiteId,
      participantId: selfId,
      identity: this.#identity.publicKey,
      ephemeral: this.#x25519.value,
      kemKey: role === 'responder' ? rawKemKey(this.#kem.publicKey) : undefined,
    });
  }

  /** The first flight of an initiator. */
  commitTo(part: Uint8Array): Uint8Array {
    return encodeCommit({ suiteId: this.#suiteId, commitment: commitmentTo(part) });
  }

  /** The third flight, of an initiator, with whichever part it likes by now. */
  async reveal(sent: {
    readonly commit: Uint8Array;
    readonly part: Uint8Array;
    readonly dhPartResponder: Uint8Array;
  }): Promise<Forged> {
    const { commit, part, dhPartResponder } = sent;
    const [message] = parseFlight(dhPartResponder, ['dh-part-responder']);
    const { ephemeral, kemKey = new Uint8Array(0) } = parseDhPart(message);
    const { ciphertext, sharedKey } = encapsulateTo(kemKey);
    const kem = encodeKem(ciphertext);
    const messages = { commit, dhPartInitiator: part, dhPartResponder, kem };
    const transcript = this.#transcript(messages);
    const keys = this.#keys(transcript, { ephemeral, kem: sharedKey });
    const confirmation = await confirm({ role: 'initiator', keys, transcript }, this.#identity);
    return { flight: concatBytes(part, kem, encodeConfirm('initiator', confirmation)), keys };
  }

  /** The last flight, of a responder, to the initiator's third; it looks at nothing in that one. */
  async conclude(sent: {
    readonly commit: Uint8Array;
    readonly part: Uint8Array;
    readonly flight: Uint8Array;
  }): Promise<Forged> {
    const { commit, part, flight } = sent;
    const [dhPart, kemMessage] = parseFlight(flight, [
      'dh-part-initiator',
      'kem',
      'confirm-initiator',
    ]);
    const kem = new Uint8Array(decapsulate(this.#kem.privateKey, parseKem(kemMessage)));
    const transcript = this.#transcript({
      ...{ commit, dhPartResponder: part },
      ...{ dhPartInitiator: dhPart.bytes, kem: kemMessage.bytes },
    });
    const keys = this.#keys(transcript, { ephemeral: parseDhPart(dhPart).ephemeral, kem });
    const confirmation = await confirm({ role: 'responder', keys, transcript }, this.#identity);
    return { flight: encodeConfirm('responder', confirmation), keys };
  }

  get #suiteId(): number {
    return frameSuiteTable[this.#options.suite].id;
  }

  #keys(
    transcript: Uint8Array,
    shared: { readonly ephemeral: Uint8Array; readonly kem: Uint8Array },
  ): HandshakeKeys {
    const x25519 = this.#x25519.agreeWith(shared.ephemeral);
    return deriveHandshakeKeys({ transcript, x25519, kem: shared.kem, linkSecret: undefined });
  }

  #transcript(
    messages: Pick<
      Parameters<typeof transcriptHash>[0],
      'commit' | 'dhPartInitiator' | 'dhPartResponder' | 'kem'
    >,
  ): Uint8Array {
    const { mode, callId, selfId, peerId, role } = this.#options;
    const [initiatorId, responderId] = role === 'initiator' ? [selfId, peerId] : [peerId, selfId];
    return transcriptHash({ mode, callId, initiatorId, responderId, ...messages });
  }
}
