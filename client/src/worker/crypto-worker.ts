/**
 * The trust boundary: every key of a call lives in this worker, and dies with it. The page passes
 * envelopes and frames through and learns states and counts.
 */
import { fromBase64, toBase64 } from '@earshot/keying/bytes';
import { KeyingError } from '@earshot/keying/errors';
import { Secret } from '@earshot/keying/secret';
import {
  createE2eeSession,
  createSdesSession,
  EphemeralStock,
  type E2eeSession,
  type SdesSession,
} from '@earshot/keying/session';
import { defaultFrameSuite } from '@earshot/keying/sframe';
import { ContactBook } from '../identity/contact-book.ts';
import { openDeviceKey, type DeviceKey } from '../identity/device-key.ts';
import { contactStore } from '../identity/kept-contacts.ts';
import { Acquaintances } from './acquaintances.ts';
import { askSdes } from './ask-sdes.ts';
import { FramePipes, type FrameStreams } from './frame-pipes.ts';
import { randomBytes, timers } from './surroundings.ts';
import { warmUp } from './warm-up.ts';
import {
  isPipeOptions,
  isToWorker,
  type FromWorker,
  type PipeOptions,
  type SdesQuestion,
  type ToWorker,
} from './worker-messages.ts';

/** By then whoever is joining is heard. */
const refillDelayMs = 1000;

declare const self: DedicatedWorkerGlobalScope & {
  onrtctransform: ((event: RTCTransformEvent) => void) | null;
};

type Keys =
  | {
      readonly kind: 'e2ee';
      readonly session: E2eeSession;
      readonly others: Acquaintances;
      readonly book: ContactBook;
    }
  | { readonly kind: 'sdes'; readonly session: SdesSession };

/** Resolves once, with the session of the call; messages that need it wait for it in order. */
const started = Promise.withResolvers<Keys>();
const pipes = new FramePipes({
  onFirstSealed: (pipeId) => {
    post({ type: 'first-sealed', pipeId });
  },
  onFirstOpened: (peerId) => {
    post({ type: 'first-opened', peerId });
  },
});

/** Key pairs for the next handshake, drawn while nobody waits. */
const ephemerals = new EphemeralStock(randomBytes);

let deviceKey: Promise<DeviceKey> | undefined;
let frameSuite: string | undefined;
let isStarted = false;
/** Somebody waits for keys, or for sound. */
let isInCall = false;

function post(message: FromWorker): void {
  self.postMessage(message);
}

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (!isToWorker(event.data)) throw new TypeError('not a message for this worker');
  const message = event.data;
  // Starting and counting need no session; all else keeps its order behind the start.
  if (message.type === 'count') {
    post({ type: 'counts', id: message.id, counts: { ...pipes.counts(), frameSuite } });
    return;
  }
  if (message.type === 'warm-up') {
    // A call that starts goes without it if it fails.
    void ownKey()
      .then(({ identity }) => warmUp(identity, () => !isInCall))
      .then(() => {
        ephemerals.refill();
      })
      .catch(() => undefined);
    return;
  }
  if (message.type === 'start-e2ee' || message.type === 'start-sdes') {
    isStarted = true;
    start(message).then(started.resolve, breakOff);
    return;
  }
  if (message.type === 'close' && !isStarted) {
    void close(undefined);
    return;
  }
  if (message.type === 'meet-peer') isInCall = true;
  void started.promise.then((keys) => {
    handle(keys, message);
  });
});

self.onrtctransform = ({ transformer }) => {
  const options: unknown = transformer.options;
  if (!isPipeOptions(options)) throw new TypeError('not a transform of this worker');
  void started.promise.then((keys) => {
    connect(keys, options, transformer);
  });
};

async function start(
  message: Extract<ToWorker, { type: 'start-e2ee' | 'start-sdes' }>,
): Promise<Keys> {
  if (message.type === 'start-sdes') {
    return { kind: 'sdes', session: createSdesSession({ random: randomBytes }) };
  }
  frameSuite = defaultFrameSuite;
  const { callId, topology } = message;
  const linkSecret = message.linkSecret === undefined ? undefined : Secret.take(message.linkSecret);
  const [{ identity, isKept }, book] = await Promise.all([ownKey(), openContacts()]);
  if (!isKept) post({ type: 'not-kept' });
  const others = new Acquaintances({
    ...{ book, callId, topology },
    onKeying: (peerId, keying) => {
      post({ type: 'peer-state', peerId, keying });
    },
  });
  const session = createE2eeSession({
    callId,
    selfId: message.selfId,
    selfOrder: message.selfOrder,
    linkSecret,
    identity,
    random: randomBytes,
    ephemerals,
    scheduler: timers,
    admission: (peerId, peerIdentity) => others.meet(peerId, peerIdentity),
    onEnvelope: (to, kind, data) => {
      post({ type: 'envelope', to, kind, data: toBase64(data) });
    },
    onPeerState: (peerId, state) => {
      others.note(peerId, state);
      // For the next one who comes. Of those in the lobby nobody is waited for; else frames go first.
      if (state.kind === 'held') timers.after(0, () => ephemerals.refill());
      if (state.kind === 'secure') timers.after(refillDelayMs, () => ephemerals.refill());
    },
    onSenderKey: (status) => {
      post({ type: 'sender-key', status });
    },
  });
  return { kind: 'e2ee', session, others, book };
}

function breakOff(error: unknown): void {
  post({ type: 'broken', message: String(error) });
}

function ownKey(): Promise<DeviceKey> {
  return (deviceKey ??= openDeviceKey());
}

/** Read in the lobby: what another tab has changed until then counts. */
function openContacts(): Promise<ContactBook> {
  return ContactBook.open({
    store: contactStore,
    scheduler: timers,
    nowMs: () => Date.now(),
    onNotKept: () => {
      post({ type: 'not-kept' });
    },
  });
}

function connect(keys: Keys, options: PipeOptions, streams: FrameStreams): void {
  if (options.kind === 'seal') pipes.seal(options.pipeId, keys.session.sealer, streams);
  else pipes.open(options.pipeId, streams);
}

function handle(
  keys: Keys,
  message: Exclude<ToWorker, { type: 'warm-up' | 'start-e2ee' | 'start-sdes' | 'count' }>,
): void {
  switch (message.type) {
    case 'add-peer':
      if (keys.kind === 'e2ee') keys.session.addPeer(message);
      return;
    case 'meet-peer':
      if (keys.kind !== 'e2ee') return;
      // Whoever was known of here may have learned of this side only now.
      if (!keys.session.addPeer(message)) keys.session.retry(message.peerId);
      if (keys.others.introduce(message.peerId, message.name) === 'admit') {
        keys.session.admit(message.peerId);
      }
      return;
    case 'accept-peer':
      if (keys.kind !== 'e2ee') return;
      if (keys.others.accept(message.peerId)) keys.session.admit(message.peerId);
      return;
    case 'verify-peer':
      if (keys.kind !== 'e2ee') return;
      if (keys.others.verify(message.peerId)) keys.session.admit(message.peerId);
      return;
    case 'remove-peer':
      keys.session.removePeer(message.peerId);
      if (keys.kind === 'e2ee') keys.others.forget(message.peerId);
      return;
    case 'envelope':
      if (keys.kind === 'e2ee') receiveEnvelope(keys.session, message);
      return;
    case 'open-for': {
      const { pipeId, peerId } = message;
      pipes.openFor(pipeId, { peerId, opener: keys.session.openerFor(peerId) });
      return;
    }
    case 'sdes-question':
      post({
        type: 'sdes-answer',
        id: message.id,
        answer: answerSdes(keys, message.question),
      });
      return;
    case 'pipe':
      connect(keys, message.options, message);
      return;
    case 'close':
      void close(keys);
      return;
  }
}

async function close(keys: Keys | undefined): Promise<void> {
  keys?.session.close();
  ephemerals.close();
  // The end of this worker would be the end of what it has not kept yet: a key that was just verified.
  if (keys?.kind === 'e2ee') await keys.book.settled();
  post({ type: 'closed' });
}

function receiveEnvelope(
  session: E2eeSession,
  { from, kind, data }: Extract<ToWorker, { type: 'envelope' }>,
): void {
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(data);
  } catch {
    // An envelope of no bytes is as malformed as this text: the session decides what that means.
    bytes = new Uint8Array();
  }
  session.receive(from, kind, bytes);
}

function answerSdes(
  keys: Keys,
  question: SdesQuestion,
): Extract<FromWorker, { type: 'sdes-answer' }>['answer'] {
  if (keys.kind !== 'sdes') throw new TypeError('not an sdes call');
  try {
    const lines = askSdes(keys.session, question);
    frameSuite = suiteAgreedOn(question, lines) ?? frameSuite;
    return { ok: true, lines };
  } catch (error) {
    return { ok: false, code: error instanceof KeyingError ? error.code : 'internal' };
  }
}

/** An offer lists what might be; the other side's answer, the own one or an announcement settle it. */
function suiteAgreedOn(question: SdesQuestion, answer: readonly string[]): string | undefined {
  if (question.op === 'offerLines') return undefined;
  const line = question.op === 'acceptAnswer' ? question.lines[0] : answer[0];
  return /^a=crypto:\d+ (\S+)/.exec(line ?? '')?.[1];
}
