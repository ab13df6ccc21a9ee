import { KeyingError } from '../errors.ts';
import type { KeyingErrorCode, Outcome } from '../errors.ts';
import type { FrameOpener } from '../frame-transform/frame-ports.ts';
import { encodeRefusal } from '../handshake/index.ts';
import type { Agreement, Handshake, HandshakeStep } from '../handshake/index.ts';
import { ReceiverKeyring } from '../sframe/receiver-keyring.ts';
import type { SenderKey } from '../sframe/sender-key.ts';
import type { SenderKeyId } from '../sframe/key-id.ts';
import type { FrameSuite } from '../sframe/suites.ts';
import { HandshakeExchange } from './handshake-exchange.ts';
import { EnvelopeChannel } from './sealed-envelope.ts';
import type { Envelope } from './sealed-envelope.ts';
import { switchDeadlineMs } from './sender-keys.ts';
import type { PeerKeyState, Scheduler } from './session-ports.ts';

/** How long frames of a replaced generation still open: the sender's switch, and what is on its way. */
export const oldGenerationMs = switchDeadlineMs + 2000;

/**
 * How long the first key of a peer is not acknowledged. Nobody waits for that acknowledgement, unlike for one of a key
 * that replaces another, and until then both sides are setting up what the key is for.
 */
export const firstAcknowledgementMs = 150;

/** Envelopes kept while a handshake step is being computed. */
const maxQueued = 16;

/** Refusals sent to somebody who goes on as if there had been none: more than a lossy relay needs. */
const maxRefusals = 8;

/** Whether a pair is held is for its session to say. */
export type PairState = Exclude<PeerKeyState, { readonly kind: 'held' }>;

export interface PairOptions {
  readonly callId: string;
  readonly selfId: string;
  readonly peerId: string;
  readonly suite: FrameSuite;
  /** The peer's: see `frameMetadata`. */
  readonly metadata: Uint8Array;
  readonly handshake: Handshake;
  /** The initiator's first flight. */
  readonly firstFlight: Uint8Array | undefined;
  readonly scheduler: Scheduler;
  readonly send: (kind: EnvelopeKind, data: Uint8Array) => void;
  readonly onState: (state: PairState) => void;
  /** The peer holds a generation of the own sender key. */
  readonly onAcknowledgement: (id: SenderKeyId) => void;
  /** An envelope changed nothing. */
  readonly onRejected: () => void;
}

export type EnvelopeKind = 'handshake' | 'sender-key';

type KeyEnvelope = Envelope & { readonly kind: 'key' };

interface QueuedEnvelope {
  readonly kind: EnvelopeKind;
  readonly data: Uint8Array;
}

/** Keys with one other participant, from the handshake to their frames. */
export class Pair implements FrameOpener {
  readonly #options: PairOptions;
  readonly #keyring: ReceiverKeyring;
  readonly #exchange: HandshakeExchange;
  readonly #queue: QueuedEnvelope[] = [];
  readonly #timers = new Set<() => void>();
  #isBusy = false;
  #channel: EnvelopeChannel | undefined;
  /** The peer has shown that it is secure too; before, it may still say that it gave up. */
  #isPeerConfirmed = false;
  #state: PairState = { kind: 'agreeing' };
  #refusalsLeft = maxRefusals;
  #isClosed = false;

  constructor(options: PairOptions) {
    this.#options = options;
    const { suite, metadata, handshake, firstFlight, scheduler } = options;
    this.#keyring = new ReceiverKeyring({ suite, metadata });
    this.#exchange = new HandshakeExchange({
      ...{ handshake, firstFlight, scheduler },
      send: (flight) => options.send('handshake', flight),
    });
  }

  get state(): PairState {
    return this.#state;
  }

  start(): void {
    this.#options.onState(this.#state);
    if (!this.#isClosed) this.#exchange.start();
  }

  /** Says the own flight again if nothing has answered it. */
  retry(): void {
    if (this.#state.kind === 'agreeing') this.#exchange.retry();
  }

  open(frame: Uint8Array): Outcome {
    return this.#keyring.open(frame);
  }

  /** Envelopes are taken one after the other, in the order in which they came. */
  receive(kind: EnvelopeKind, data: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#state.kind === 'failed') {
      this.#remind(kind, data);
      return;
    }
    if (!this.#isBusy) {
      this.#take({ kind, data });
    } else if (this.#queue.length < maxQueued) {
      this.#queue.push({ kind, data: data.slice() });
    } else {
      this.#options.onRejected();
    }
  }

  /** Seals the own sender key to this peer. Nothing happens unless the pair is secure. */
  deliver(key: SenderKey): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    this.#options.send(
      'sender-key',
      key.useBaseKey((baseKey) => channel.sealKey(key.id, baseKey)),
    );
  }

  /** Ends the pair for good. */
  fail(code: KeyingErrorCode): void {
    if (this.#isClosed || this.#state.kind === 'failed') return;
    this.#state = { kind: 'failed', code };
    this.#wipe();
    this.#options.onState(this.#state);
  }

  /** Wipes the keys of the pair. Idempotent; tells nobody. */
  close(): void {
    this.#isClosed = true;
    this.#wipe();
  }

  #take({ kind, data }: QueuedEnvelope): void {
    switch (kind) {
      case 'handshake':
        this.#takeHandshake(data);
        return;
      case 'sender-key':
        this.#takeSenderKey(data);
        return;
    }
  }

  #takeHandshake(flight: Uint8Array): void {
    if (this.#exchange.repeats(flight)) {
      this.#options.onRejected();
      return;
    }
    switch (this.#state.kind) {
      case 'agreeing':
        this.#isBusy = true;
        void this.#advance(flight);
        return;
      case 'secure':
        if (!this.#isPeerConfirmed && isRefusal(flight)) this.fail('handshake-refused');
        else this.#options.onRejected();
        return;
      case 'failed':
        this.#options.onRejected();
        return;
    }
  }

  async #advance(flight: Uint8Array): Promise<void> {
    try {
      const step = await this.#exchange.take(flight);
      if (!this.#isClosed) this.#apply(step);
    } catch (error) {
      if (!this.#isClosed) this.#failHandshake(error);
    }
    this.#isBusy = false;
    this.#drainQueue();
  }

  #drainQueue(): void {
    while (!this.#isBusy && !this.#isClosed) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#take(next);
    }
  }

  #apply({ send, agreement }: HandshakeStep): void {
    if (send !== undefined) this.#exchange.answer(send);
    if (agreement !== undefined) this.#secure(agreement, send === undefined);
  }

  #secure({ wrapSend, wrapReceive, sas, peerIdentity }: Agreement, isPeerConfirmed: boolean): void {
    const { callId, selfId, peerId } = this.#options;
    this.#channel = new EnvelopeChannel({ callId, selfId, peerId, wrapSend, wrapReceive });
    this.#isPeerConfirmed = isPeerConfirmed;
    this.#state = { kind: 'secure', sas, identity: peerIdentity };
    this.#options.onState(this.#state);
  }

  #failHandshake(error: unknown): void {
    const code = error instanceof KeyingError ? error.code : 'handshake-unexpected';
    if (code === 'handshake-refused') this.#refusalsLeft = 0;
    else this.#refuse();
    this.fail(code);
  }

  #refuse(): void {
    this.#refusalsLeft--;
    this.#options.send('handshake', encodeRefusal());
  }

  /** Whoever goes on with a handshake that failed here has not got the refusal. */
  #remind(kind: EnvelopeKind, data: Uint8Array): void {
    this.#options.onRejected();
    if (kind === 'handshake' && !isRefusal(data) && this.#refusalsLeft > 0) this.#refuse();
  }

  #takeSenderKey(data: Uint8Array): void {
    const channel = this.#channel;
    if (channel === undefined) {
      this.#options.onRejected();
      return;
    }
    try {
      const envelope = channel.open(data);
      this.#isPeerConfirmed = true;
      if (envelope.kind === 'acknowledgement') {
        this.#options.onAcknowledgement(envelope.id);
        return;
      }
      const isFirst = this.#keyring.newestGeneration === undefined;
      this.#install(envelope);
      const acknowledge = (): void =>
        this.#options.send('sender-key', channel.sealAcknowledgement(envelope.id));
      if (isFirst) this.#later(firstAcknowledgementMs, acknowledge);
      else acknowledge();
    } catch (error) {
      if (!(error instanceof KeyingError)) throw error;
      this.#options.onRejected();
    }
  }

  /** A generation given again is acknowledged again: the first acknowledgement may be lost. */
  #install({ id, baseKey }: KeyEnvelope): void {
    const isInstalled = this.#keyring.install(id, baseKey);
    baseKey.wipe();
    if (isInstalled) this.#retireOlderThan(id.generation);
    else if (id.generation !== this.#keyring.newestGeneration) {
      throw new KeyingError('envelope-rejected', 'generation is not newer');
    }
  }

  /** By time too: a relay that withholds the new frames must not keep the old key alive. */
  #retireOlderThan(generation: number): void {
    this.#later(oldGenerationMs, () => this.#keyring.dropGenerationsBefore(generation));
  }

  /** Not after the keys are wiped. */
  #later(delayMs: number, run: () => void): void {
    const cancel = this.#options.scheduler.after(delayMs, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }

  #wipe(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#queue.length = 0;
    this.#exchange.close();
    this.#channel?.wipe();
    this.#channel = undefined;
    this.#keyring.wipe();
  }
}

function isRefusal(flight: Uint8Array): boolean {
  const refusal = encodeRefusal();
  return flight.length === refusal.length && refusal.every((byte, i) => byte === flight[i]);
}
