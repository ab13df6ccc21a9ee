/**
 * A call as native applications placed it until about 2018: SRTP over UDP from end to end, with keys from the
 * descriptions that the server relays (RFC 4568). All of its media pass a wire that is listened to.
 */
import { createCall } from '@earshot/peer/create-call';
import { encodeSpeech, type EncodedSpeech } from '@earshot/peer/encoded-speech';
import { SdesParticipant } from '@earshot/peer/sdes-participant';
import { SpeechRecorder } from '@earshot/peer/speech-recorder';
import type { Datagram } from '../dissect/pcap.ts';
import type { Pcm } from '../measure/pcm.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { oncePerStack } from './once-per-stack.ts';
import { speechOf, type Speaker } from './speech.ts';
import type { Stack } from './stack.ts';
import { openTappedPath, type TappedPathOptions } from './tapped-path.ts';

export interface NativePerson {
  readonly speaker: Speaker;
  /** Whose voice is not theirs, and in the same call. */
  readonly otherSpeaker: Speaker;
  readonly id: string;
  /** What they heard of the other. */
  readonly heard: Pcm;
}

export interface NativeCall {
  readonly callId: string;
  /** Agreed on (RFC 4568 section 6.2). */
  readonly suite: string;
  /** Alice, who offered, and bob. */
  readonly people: readonly [NativePerson, NativePerson];
  /** Every datagram between the two. */
  readonly wire: readonly Datagram[];
  /** From then on nothing was captured. */
  readonly capturedUntil: Date;
  readonly recordAskedAt: Date;
  /** What the operator kept. */
  readonly record: SignalingRecord;
}

/** Both of them hear this much. */
const enoughFrames = 250;
const timeoutMs = 120_000;

const calls = oncePerStack<NativeCall>();

/** One per server, for attacks that only read. */
export function sharedNativeCall(stack: Stack): Promise<NativeCall> {
  return calls(stack, 'native', () => placeNativeCall(stack));
}

/** @throws Error if the two do not hear each other in time. */
export async function placeNativeCall(
  stack: Pick<Stack, 'url' | 'operatorUrl'>,
  options: Pick<TappedPathOptions, 'change'> = {},
): Promise<NativeCall> {
  await using opened = new AsyncDisposableStack();
  const path = await openTappedPath({ ...options, serverUrl: stack.url });
  opened.defer(() => path.close());
  const serverUrl = path.url;
  const callId = await createCall({ serverUrl, mode: 'sdes', topology: 'direct' });
  const alice = await joinNatively({ serverUrl, callId, speaker: 'alice' });
  opened.defer(() => alice.close());
  const bob = await joinNatively({ serverUrl, callId, speaker: 'bob' });
  opened.defer(() => bob.close());
  await inTime(Promise.all([alice.talk(), bob.talk()]));
  const { suite = 'none' } = alice.participant.endpoint;
  await Promise.all([alice.close(), bob.close()]);
  path.cut();
  const capturedUntil = new Date();
  return {
    callId,
    suite,
    people: [
      {
        speaker: 'alice',
        otherSpeaker: 'bob',
        id: alice.participant.self.id,
        heard: alice.heard(),
      },
      { speaker: 'bob', otherSpeaker: 'alice', id: bob.participant.self.id, heard: bob.heard() },
    ],
    wire: path.wire,
    capturedUntil,
    recordAskedAt: new Date(),
    record: await SignalingRecord.fetch(stack.operatorUrl, callId),
  };
}

interface NativeCaller {
  readonly participant: SdesParticipant;
  /** Speaks until the other has been heard for some seconds; rejects where no keys are agreed on. */
  talk(): Promise<void>;
  heard(): Pcm;
  /** Idempotent. */
  close(): Promise<void>;
}

async function joinNatively(options: {
  readonly serverUrl: string;
  readonly callId: string;
  readonly speaker: Speaker;
}): Promise<NativeCaller> {
  const { serverUrl, callId, speaker } = options;
  const recorder = new SpeechRecorder();
  const hasHeard = Promise.withResolvers<undefined>();
  const participant = await SdesParticipant.join({
    ...{ serverUrl, callId, name: speaker },
    // What every implementation has had since RFC 4568.
    suites: ['AES_CM_128_HMAC_SHA1_80'],
    onFrame: (frame) => {
      recorder.add(frame);
      if (recorder.counts.decoded >= enoughFrames) hasHeard.resolve(undefined);
    },
  });
  return {
    participant,
    talk: async () => {
      await participant.agreed;
      participant.speak(encodedSpeechOf(speaker));
      await hasHeard.promise;
    },
    heard: () => recorder.pcm(),
    close: async () => {
      await participant.close();
      recorder.close();
    },
  };
}

async function inTime(talk: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error('the two did not hear each other'));
  }, timeoutMs);
  try {
    await Promise.race([talk, promise]);
  } finally {
    clearTimeout(timer);
  }
}

const encoded = new Map<Speaker, EncodedSpeech>();

/** As those applications sent it: at a variable rate. */
function encodedSpeechOf(speaker: Speaker): EncodedSpeech {
  let speech = encoded.get(speaker);
  if (speech === undefined) {
    speech = encodeSpeech(speechOf(speaker), { rate: 'variable' });
    encoded.set(speaker, speech);
  }
  return speech;
}
