import type { Outcome } from '../errors.ts';
import type { FrameOpener, FrameSealer } from '../frame-transform/frame-ports.ts';
import { createInitiator, createResponder } from '../handshake/index.ts';
import type { HandshakeOptions } from '../handshake/index.ts';
import { defaultFrameSuite, frameMetadata } from '../sframe/index.ts';
import type { FrameSuite } from '../sframe/index.ts';
import { Pair } from './pair.ts';
import type { EnvelopeKind, PairState } from './pair.ts';
import { SenderKeys } from './sender-keys.ts';
import type { E2eeSession, E2eeSessionOptions, RefusedEnvelopes } from './session-ports.ts';

const mode = 'e2ee';
/** Changing it changes what both sides must want: the handshake binds it. */
const suite: FrameSuite = defaultFrameSuite;

/** End-to-end keys of one call: a handshake per peer, and the own sender key sealed to each. */
export function createE2eeSession(options: E2eeSessionOptions): E2eeSession {
  return new Session(options);
}

/**
 * Each handshake is one guess at the safety code for a server that knows the link secret and can
 * have people come and go as it likes: with the code's 24 bits of emoji, 256 guesses succeed once
 * in 65,536 calls.
 */
export const handshakesPerCall = 256;

class Session implements E2eeSession {
  readonly sealer: FrameSealer;
  readonly #options: E2eeSessionOptions;
  readonly #senderKeys: SenderKeys;
  readonly #pairs = new Map<string, Pair>();
  /** Agreed with, but neither heard nor given a key. */
  readonly #held = new Set<string>();
  /** Kept past a peer's removal: whoever holds one gets `no-key`, and the keys of a new handshake. */
  readonly #openers = new Map<string, FrameOpener>();
  #unknownSender = 0;
  #rejected = 0;
  #handshakes = 0;
  #isClosed = false;

  constructor(options: E2eeSessionOptions) {
    this.#options = options;
    const { random, scheduler } = options;
    this.#senderKeys = new SenderKeys({
      suite,
      metadata: this.#metadataOf(options.selfId),
      random,
      scheduler,
      deliver: (peerId, key) => this.#pairs.get(peerId)?.deliver(key),
      onStatus: options.onSenderKey,
    });
    this.sealer = { seal: (payload) => this.#senderKeys.seal(payload) };
  }

  get refusedEnvelopes(): RefusedEnvelopes {
    return { unknownSender: this.#unknownSender, rejected: this.#rejected };
  }

  openerFor(peerId: string): FrameOpener {
    let opener = this.#openers.get(peerId);
    if (opener === undefined) {
      opener = { open: (frame) => this.#open(peerId, frame) };
      this.#openers.set(peerId, opener);
    }
    return opener;
  }

  addPeer({ peerId, order }: { readonly peerId: string; readonly order: number }): boolean {
    if (this.#isClosed || this.#pairs.has(peerId)) return false;
    const { callId, selfId, selfOrder, scheduler, linkSecret, identity, random } = this.#options;
    const { ephemerals } = this.#options;
    const handshakeOptions: HandshakeOptions = {
      ...{ callId, mode, suite, selfId, peerId },
      ...{ linkSecret, identity, random, ephemerals },
    };
    const initiator = selfOrder > order ? createInitiator(handshakeOptions) : undefined;
    const pair = new Pair({
      ...{ callId, selfId, peerId, suite, scheduler },
      metadata: this.#metadataOf(peerId),
      handshake: initiator ?? createResponder(handshakeOptions),
      firstFlight: initiator?.start(),
      send: (kind, data) => this.#options.onEnvelope(peerId, kind, data),
      onState: (state) => this.#onPairState(peerId, state),
      onAcknowledgement: (id) => this.#senderKeys.acknowledge(peerId, id),
      onRejected: () => this.#rejected++,
    });
    this.#pairs.set(peerId, pair);
    if (++this.#handshakes > handshakesPerCall) {
      pair.fail('handshake-limit');
      return true;
    }
    pair.start();
    // Of two with the same order neither or both would begin.
    if (order === selfOrder) pair.fail('handshake-mismatch');
    return true;
  }

  retry(peerId: string): void {
    this.#pairs.get(peerId)?.retry();
  }

  admit(peerId: string): void {
    const state = this.#pairs.get(peerId)?.state;
    if (state === undefined || !this.#held.delete(peerId)) return;
    this.#senderKeys.addMember(peerId);
    this.#options.onPeerState(peerId, state);
  }

  removePeer(peerId: string): void {
    const pair = this.#pairs.get(peerId);
    if (pair === undefined) return;
    this.#pairs.delete(peerId);
    this.#held.delete(peerId);
    pair.close();
    this.#senderKeys.removeMember(peerId);
  }

  receive(from: string, kind: EnvelopeKind, data: Uint8Array): void {
    const pair = this.#pairs.get(from);
    if (pair === undefined) this.#unknownSender++;
    else pair.receive(kind, data);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
    this.#held.clear();
    this.#senderKeys.close();
    this.#options.linkSecret?.wipe();
  }

  #open(peerId: string, frame: Uint8Array): Outcome {
    if (this.#held.has(peerId)) return { ok: false, reason: 'no-key' };
    return this.#pairs.get(peerId)?.open(frame) ?? { ok: false, reason: 'no-key' };
  }

  /** Keys first: whoever listens may remove the peer or close the session. */
  #onPairState(peerId: string, state: PairState): void {
    switch (state.kind) {
      case 'agreeing':
        break;
      case 'secure':
        if (this.#options.admission?.(peerId, state.identity) === 'hold') {
          this.#held.add(peerId);
          this.#options.onPeerState(peerId, { ...state, kind: 'held' });
          return;
        }
        this.#senderKeys.addMember(peerId);
        break;
      case 'failed':
        this.#held.delete(peerId);
        this.#senderKeys.removeMember(peerId);
        break;
    }
    this.#options.onPeerState(peerId, state);
  }

  #metadataOf(senderId: string): Uint8Array {
    return frameMetadata({ callId: this.#options.callId, senderId, mode });
  }
}
