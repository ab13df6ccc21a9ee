/** Which key opens a stream, and from which roll-over counter on: the authentication tag answers both. */
import type { Outcome } from '@earshot/keying/errors';
import { suiteRows } from '@earshot/keying/sdes';
import {
  createSrtcpReceiver,
  createSrtpReceiver,
  type SrtcpReceiver,
  type SrtpReceiver,
} from '@earshot/keying/srtp';
import type { CandidateKey } from './candidate-key.ts';
import { createNativePacketCipher } from './srtp/native-packet-cipher.ts';

/** A key that opened a packet. The receiver has accepted that packet already, and is the stream's from now on. */
export interface Binding<Receiver> {
  readonly key: CandidateKey;
  readonly receiver: Receiver;
  readonly outcome: Outcome;
}

/**
 * Tags computed for roll-over counters, over a whole capture: some seconds. Else a capture of many
 * streams under other keys would keep the search busy for hours.
 */
const searchBudget = 2 ** 22;
/** Below 80 bits a search over many counters meets an accidental match too easily to be believed at once. */
const longTagBytes = 10;

export function hasShortTag({ suite }: CandidateKey): boolean {
  return suiteRows[suite].srtpTagBytes < longTagBytes;
}

export class KeySearch {
  readonly #keys: readonly CandidateKey[];
  readonly #maxRoc: number;
  /** Receivers that have opened nothing and so hold no state: one serves all streams until it opens a packet. */
  readonly #srtpProbes = new Map<CandidateKey, SrtpReceiver>();
  readonly #srtcpProbes = new Map<CandidateKey, SrtcpReceiver>();
  #budget = searchBudget;
  #searchesSkipped = 0;

  constructor(keys: readonly CandidateKey[], options: { readonly maxRoc: number }) {
    this.#keys = keys;
    this.#maxRoc = options.maxRoc;
  }

  /** Searches that were left out because the capture had used up its tags. */
  get searchesSkipped(): number {
    return this.#searchesSkipped;
  }

  /**
   * Tries every key on a packet of a stream that begins with the capture: RFC 4568 section 6.4 starts
   * roll-over counters at zero.
   */
  fromStart(packet: Uint8Array, tags: 'any-tag' | 'long-tag'): Binding<SrtpReceiver> | undefined {
    for (const key of this.#keys) {
      if (tags === 'long-tag' && hasShortTag(key)) continue;
      const receiver = this.#srtpProbes.get(key) ?? receiverFor(key);
      const outcome = receiver.unprotect(packet);
      if (outcome.ok) {
        this.#srtpProbes.delete(key);
        return { key, receiver, outcome };
      }
      this.#srtpProbes.set(key, receiver);
    }
    return undefined;
  }

  /** Tries one key on a packet of a stream that began before the capture: every counter up to the bound. */
  fromLater(key: CandidateKey, packet: Uint8Array): Binding<SrtpReceiver> | undefined {
    if (this.#maxRoc === 0) return undefined;
    if (this.#budget < this.#maxRoc) {
      this.#searchesSkipped++;
      return undefined;
    }
    const receiver = receiverFor(key, { initialRoc: 1, rocCandidates: this.#maxRoc });
    const outcome = receiver.unprotect(packet);
    if (outcome.ok) return { key, receiver, outcome };
    // What was refused for its form or MKI has cost nothing.
    if (outcome.reason === 'auth') this.#budget -= this.#maxRoc;
    receiver.close();
    return undefined;
  }

  get keys(): readonly CandidateKey[] {
    return this.#keys;
  }

  /** SRTCP packets say their index themselves: there is nothing to search for. */
  forRtcp(packet: Uint8Array): Binding<SrtcpReceiver> | undefined {
    for (const key of this.#keys) {
      const receiver = this.#srtcpProbes.get(key) ?? rtcpReceiverFor(key);
      const outcome = receiver.unprotect(packet);
      if (outcome.ok) {
        this.#srtcpProbes.delete(key);
        return { key, receiver, outcome };
      }
      this.#srtcpProbes.set(key, receiver);
    }
    return undefined;
  }

  close(): void {
    for (const receiver of this.#srtpProbes.values()) receiver.close();
    for (const receiver of this.#srtcpProbes.values()) receiver.close();
  }
}

function receiverFor(
  { suite, keys }: CandidateKey,
  roc: { readonly initialRoc?: number; readonly rocCandidates?: number } = {},
): SrtpReceiver {
  return createSrtpReceiver({
    suite,
    keys,
    ...roc,
    maxSsrcs: 1,
    createCipher: createNativePacketCipher,
  });
}

function rtcpReceiverFor({ suite, keys }: CandidateKey): SrtcpReceiver {
  return createSrtcpReceiver({
    suite,
    keys,
    maxSsrcs: 1,
    // A reader of captures takes what the sender was allowed to send.
    unencrypted: 'accept',
    createCipher: createNativePacketCipher,
  });
}
