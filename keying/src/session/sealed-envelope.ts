/**
 * Envelopes that carry sender keys and their acknowledgements between two participants, sealed with
 * ChaCha20-Poly1305 (RFC 8439) under the pair's wrap key of that direction.
 *
 *     version 1 | kind 1 | sequence 4 | generation 4 | step 1 | sealed base key, or nothing | tag 16
 *
 * Nonce: the sequence number. Associated data: label, call id, sender id, receiver id, and the
 * header above. Sequence numbers start at 1 and only rise, so that nothing opens twice.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, pinnedBytes, utf8ToBytes } from '../bytes.ts';
import { KeyingError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { SenderKeyId } from '../sframe/key-id.ts';

const version = 1;
const headerBytes = 11;
const tagBytes = 16;
const nonceBytes = 12;
const maxSequence = 0xffffffff;
const label = 'earshot 1 sender key';

export type Envelope =
  /** The sender's base key of this generation, from this ratchet step on. */
  | { readonly kind: 'key'; readonly id: SenderKeyId; readonly baseKey: Secret }
  /** The receiver holds this generation. */
  | { readonly kind: 'acknowledgement'; readonly id: SenderKeyId };

export interface EnvelopeChannelOptions {
  readonly callId: string;
  readonly selfId: string;
  readonly peerId: string;
  /** 32 bytes each; owned from here on. */
  readonly wrapSend: Secret;
  readonly wrapReceive: Secret;
}

/** Both directions of one pair. */
export class EnvelopeChannel {
  readonly #options: EnvelopeChannelOptions;
  readonly #sendContext: Uint8Array;
  readonly #receiveContext: Uint8Array;
  #lastSent = 0;
  #lastReceived = 0;

  constructor(options: EnvelopeChannelOptions) {
    this.#options = options;
    const { callId, selfId, peerId } = options;
    this.#sendContext = contextBytes([label, callId, selfId, peerId]);
    this.#receiveContext = contextBytes([label, callId, peerId, selfId]);
  }

  /** @param baseKey lent. */
  sealKey(id: SenderKeyId, baseKey: Uint8Array): Uint8Array {
    return this.#seal(kindNumbers.key, id, baseKey);
  }

  sealAcknowledgement(id: SenderKeyId): Uint8Array {
    return this.#seal(kindNumbers.acknowledgement, id, new Uint8Array(0));
  }

  /**
   * Changes nothing unless the envelope is authentic and newer than all before.
   * @throws KeyingError `envelope-rejected`
   */
  open(envelope: Uint8Array): Envelope {
    if (envelope.length < headerBytes + tagBytes) throw rejected('cut off');
    const header = envelope.slice(0, headerBytes);
    const view = new DataView(header.buffer);
    if (view.getUint8(0) !== version) throw rejected('unknown version');
    const sequence = view.getUint32(2);
    if (sequence <= this.#lastReceived) throw rejected('out of sequence');
    const content = this.#decrypt(header, envelope.subarray(headerBytes));
    this.#lastReceived = sequence;
    const id = { generation: view.getUint32(6), step: view.getUint8(10) };
    const kind = view.getUint8(1);
    if (kind === kindNumbers.key) return { kind: 'key', id, baseKey: Secret.take(content) };
    if (kind === kindNumbers.acknowledgement) return { kind: 'acknowledgement', id };
    throw rejected('unknown kind');
  }

  /** Wipes both keys. Idempotent. */
  wipe(): void {
    this.#options.wrapSend.wipe();
    this.#options.wrapReceive.wipe();
  }

  #seal(kind: number, id: SenderKeyId, content: Uint8Array): Uint8Array {
    if (this.#lastSent >= maxSequence) throw new KeyingError('key-exhausted', 'envelope sequence');
    const sequence = ++this.#lastSent;
    const header = new Uint8Array(headerBytes);
    const view = new DataView(header.buffer);
    view.setUint8(0, version);
    view.setUint8(1, kind);
    view.setUint32(2, sequence);
    view.setUint32(6, id.generation);
    view.setUint8(10, id.step);
    const aad = concatBytes(this.#sendContext, header);
    const sealed = this.#options.wrapSend.use((key) =>
      chacha20poly1305(key, nonceOf(header), aad).encrypt(
        content,
        pinnedBytes(content.length + tagBytes),
      ),
    );
    return concatBytes(header, sealed);
  }

  #decrypt(header: Uint8Array, sealed: Uint8Array): Uint8Array {
    const aad = concatBytes(this.#receiveContext, header);
    return this.#options.wrapReceive.use((key) => {
      try {
        return chacha20poly1305(key, nonceOf(header), aad).decrypt(
          sealed,
          pinnedBytes(sealed.length - tagBytes),
        );
      } catch {
        throw rejected('not authentic');
      }
    });
  }
}

const kindNumbers = { key: 1, acknowledgement: 2 } as const;

/** The header's sequence number, in the last 4 of 12 bytes. */
function nonceOf(header: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(nonceBytes);
  nonce.set(header.subarray(2, 6), nonceBytes - 4);
  return nonce;
}

/** Each text after its 2-byte length. */
function contextBytes(texts: readonly string[]): Uint8Array {
  return concatBytes(
    ...texts.flatMap((text) => {
      const bytes = utf8ToBytes(text);
      return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes];
    }),
  );
}

function rejected(detail: string): KeyingError {
  return new KeyingError('envelope-rejected', `sender key envelope: ${detail}`);
}
