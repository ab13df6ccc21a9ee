/** The page's side of the crypto worker: one per call, from its lobby to its end. */
import { fromBase64Url, pinnedCopy } from '@earshot/keying/bytes';
import { KeyingError, type KeyingErrorCode } from '@earshot/keying/errors';
import type { Topology } from '@earshot/keying/mode';
import type { SenderKeyStatus } from '@earshot/keying/session';
import type { EnvelopeKind, Participant, Peer } from '@earshot/protocol';
import { attachTransform } from '../platform/encoded-transform.ts';
import {
  isFromWorker,
  type FromWorker,
  type PipeCounts,
  type SdesQuestion,
  type ToWorker,
} from '../worker/worker-messages.ts';
import { CallError } from './call-api.ts';
import type { PeerKeying } from './call-state.ts';

/** A worker that is asked and says nothing for this long is taken for dead. */
const answerTimeoutMs = 10_000;
/**
 * How long the end of a call waits for the keys to be wiped, and for contacts to be kept, before it ends the worker,
 * which frees the keys anyway.
 */
const wipeTimeoutMs = 5000;

export interface KeyWorkerOptions {
  readonly onEnvelope: (to: string, kind: EnvelopeKind, data: string) => void;
  readonly onPeerState: (peerId: string, keying: PeerKeying) => void;
  readonly onSenderKey: (status: SenderKeyStatus) => void;
  /** Own key and contacts are not kept beyond the call. */
  readonly onNotKept: () => void;
  readonly onFirstSealed: (pipeId: string) => void;
  readonly onFirstOpened: (personId: string) => void;
  /** The worker cannot go on; the call must end. */
  readonly onBroken: (error: CallError) => void;
}

interface Question<T> {
  readonly resolve: (answer: T) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class KeyWorker {
  readonly #worker: Worker;
  readonly #options: KeyWorkerOptions;
  readonly #lines = new Map<number, Question<readonly string[]>>();
  readonly #counts = new Map<number, Question<PipeCounts>>();
  readonly #wiped: PromiseWithResolvers<void> = Promise.withResolvers();
  #nextId = 0;
  #isClosed = false;

  constructor(worker: Worker, options: KeyWorkerOptions) {
    this.#options = options;
    this.#worker = worker;
    this.#worker.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isFromWorker(event.data)) this.#receive(event.data);
    });
    this.#worker.addEventListener('error', (event) => {
      this.#break(event.message);
    });
  }

  warmUp(): void {
    this.#post({ type: 'warm-up' });
  }

  startSdes(): void {
    this.#post({ type: 'start-sdes' });
  }

  /** @param options.linkSecret 32 bytes, base64url; undefined for a link without one. */
  startE2ee(options: {
    readonly callId: string;
    readonly self: Peer;
    readonly topology: Topology;
    readonly linkSecret: string | undefined;
  }): void {
    if (this.#isClosed) return;
    const linkSecret =
      options.linkSecret === undefined ? undefined : toTransfer(options.linkSecret);
    const message: ToWorker = {
      type: 'start-e2ee',
      callId: options.callId,
      selfId: options.self.id,
      selfOrder: options.self.order,
      topology: options.topology,
      linkSecret,
    };
    this.#worker.postMessage(message, linkSecret === undefined ? [] : [linkSecret.buffer]);
  }

  /** Held until they are met. */
  addPeer({ id, order }: Peer): void {
    this.#post({ type: 'add-peer', peerId: id, order });
  }

  meetPeer({ id, order, name }: Participant): void {
    this.#post({ type: 'meet-peer', peerId: id, order, name });
  }

  acceptPeer(peerId: string): void {
    this.#post({ type: 'accept-peer', peerId });
  }

  verifyPeer(peerId: string): void {
    this.#post({ type: 'verify-peer', peerId });
  }

  removePeer(peerId: string): void {
    this.#post({ type: 'remove-peer', peerId });
  }

  receive(from: string, kind: EnvelopeKind, data: string): void {
    this.#post({ type: 'envelope', from, kind, data });
  }

  /** Must be called in the task that created the sender: see `platform/encoded-transform.ts`. */
  sealSender(sender: RTCRtpSender, pipeId: string): void {
    attachTransform(sender, this.#worker, { kind: 'seal', pipeId });
  }

  /** Must be called in the task that created the receiver: see `platform/encoded-transform.ts`. */
  openReceiver(receiver: RTCRtpReceiver, pipeId: string): void {
    attachTransform(receiver, this.#worker, { kind: 'open', pipeId });
  }

  /** Whose frames come through a receiver's pipe: said once, before or after it is there. Until then it opens none. */
  openFor(pipeId: string, peerId: string): void {
    this.#post({ type: 'open-for', pipeId, peerId });
  }

  /** @throws KeyingError `sdes-invalid` or `sdes-no-agreement` */
  askSdes(question: SdesQuestion): Promise<readonly string[]> {
    return this.#ask(this.#lines, (id) => ({ type: 'sdes-question', id, question }));
  }

  /** Frames that passed and were dropped so far. */
  counts(): Promise<PipeCounts> {
    return this.#ask(this.#counts, (id) => ({ type: 'count', id }));
  }

  /** Wipes the keys, then ends the worker. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#post({ type: 'close' });
    this.#isClosed = true;
    this.#refuseAll(new CallError('hung-up', 'the call ended'));
    const timer = setTimeout(this.#wiped.resolve, wipeTimeoutMs);
    await this.#wiped.promise;
    clearTimeout(timer);
    this.#worker.terminate();
  }

  #ask<T>(questions: Map<number, Question<T>>, toMessage: (id: number) => ToWorker): Promise<T> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => {
      this.#break('no answer');
    }, answerTimeoutMs);
    questions.set(id, { resolve, reject, timer });
    this.#post(toMessage(id));
    return promise;
  }

  #post(message: ToWorker): void {
    if (this.#isClosed) return;
    if (message.type === 'pipe') throw new TypeError('pipes are transferred by attachTransform');
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'envelope':
        this.#options.onEnvelope(message.to, message.kind, message.data);
        return;
      case 'peer-state':
        this.#options.onPeerState(message.peerId, message.keying);
        return;
      case 'sender-key':
        this.#options.onSenderKey(message.status);
        return;
      case 'not-kept':
        this.#options.onNotKept();
        return;
      case 'first-sealed':
        this.#options.onFirstSealed(message.pipeId);
        return;
      case 'first-opened':
        this.#options.onFirstOpened(message.peerId);
        return;
      case 'sdes-answer': {
        const question = take(this.#lines, message.id);
        if (message.answer.ok) question?.resolve(message.answer.lines);
        else question?.reject(toError(message.answer.code));
        return;
      }
      case 'counts':
        take(this.#counts, message.id)?.resolve(message.counts);
        return;
      case 'closed':
        this.#wiped.resolve();
        return;
      case 'broken':
        this.#break(message.message);
        return;
    }
  }

  #break(detail: string): void {
    if (this.#isClosed) return;
    const error = new CallError('internal', `the crypto worker stopped: ${detail}`);
    this.#refuseAll(error);
    this.#options.onBroken(error);
  }

  #refuseAll(error: Error): void {
    for (const questions of [this.#lines, this.#counts]) {
      for (const { reject, timer } of questions.values()) {
        clearTimeout(timer);
        reject(error);
      }
      questions.clear();
    }
  }
}

/** The bytes in a buffer of their own; no other copy of them stays in the page. */
function toTransfer(linkSecret: string): Uint8Array<ArrayBuffer> {
  const decoded = fromBase64Url(linkSecret);
  const bytes = pinnedCopy(decoded);
  decoded.fill(0);
  return bytes;
}

function take<T>(questions: Map<number, Question<T>>, id: number): Question<T> | undefined {
  const question = questions.get(id);
  if (question !== undefined) clearTimeout(question.timer);
  questions.delete(id);
  return question;
}

const sdesCodes: readonly KeyingErrorCode[] = ['sdes-invalid', 'sdes-no-agreement', 'malformed'];

function toError(code: string): Error {
  const known = sdesCodes.find((sdesCode) => sdesCode === code);
  return known === undefined
    ? new CallError('internal', `sdes: ${code}`)
    : new KeyingError(known, 'the a=crypto line was refused');
}
