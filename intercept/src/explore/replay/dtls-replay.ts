/**
 * A trace of the `dtls` model played to the real stack: the real server, two native endpoints with real speech, and in
 * between an attacker who delivers to each of them what the trace delivers, when it does, and nothing else. What then
 * happens is not told to them by the model: who connects, who hears whom, and what the attacker can hear.
 */
import type { Topology } from '@earshot/keying/mode';
import { CallMember } from '@earshot/peer/call-member';
import { createCall } from '@earshot/peer/create-call';
import { SpeechRecorder } from '@earshot/peer/speech-recorder';
import { dissectAll } from '../../dissect/rtp.ts';
import { FingerprintSwap } from '../../operator/fingerprint-swap.ts';
import type { Stack } from '../../stage/stack.ts';
import { fetchTappedCalls, fetchTappedRtp } from '../../tap/sfu-tap.ts';
import { SignalingRecord } from '../../tap/signaling-record.ts';
import type { DtlsAction } from '../dtls-model.ts';
import { readSteps, type DtlsStep } from './dtls-steps.ts';
import {
  Actor,
  names,
  playOut,
  until,
  type PersonName,
  type ReplayedCall,
} from './replayed-call.ts';
import type { Delivered } from './step-gate.ts';
import { SteppedPath } from './stepped-path.ts';

export interface DtlsReplayOptions {
  readonly stack: Pick<Stack, 'url' | 'operatorUrl'>;
  readonly topology: Topology;
  /** Of the trace, in its order. */
  readonly actions: readonly DtlsAction[];
}

const needs: readonly Delivered[] = ['description', 'hello', 'certificate'];

/**
 * @throws RangeError for a step that nobody here can play
 * @throws Error where what the trace delivers does not come about
 */
export async function replayDtls(options: DtlsReplayOptions): Promise<ReplayedCall> {
  const { stack, topology } = options;
  const steps = readSteps(options.actions, topology);
  await using opened = new AsyncDisposableStack();
  const paths = await openPaths(options, opened);
  const isBridged = steps.some(({ origin }) => origin === 'relay');
  const swap = isBridged ? new FingerprintSwap(paths.alice, 'swap') : undefined;
  opened.defer(() => swap?.close());
  const callId = await createCall({ serverUrl: stack.url, mode: 'dtls', topology });
  const join = (speaker: PersonName): Promise<Actor> =>
    joinBy(paths[speaker], { speaker, callId, topology, opened });
  // The offer is bob's: alice, who answers, is the client of the handshake (RFC 5763 section 5), as in the model.
  const bob = await join('bob');
  const people = [await join('alice'), bob];
  for (const step of steps) await deliver(step, paths[step.to]);
  await playOut(people);
  if (swap?.failure !== undefined) {
    throw new Error('the bridge did not come about', { cause: swap.failure });
  }
  return {
    people: people.map((person) => person.report()),
    wire: [...new Set([paths.alice, paths.bob])].flatMap(({ wire }) => wire),
    ...(await keptBy(stack, callId, swap)),
  };
}

/** What the server has of the call; and who stands in between. */
async function keptBy(
  { operatorUrl }: DtlsReplayOptions['stack'],
  callId: string,
  swap: FingerprintSwap | undefined,
): Promise<Pick<ReplayedCall, 'record' | 'media'>> {
  const bridged = swap?.victims.map(({ packets }) => packets) ?? [];
  const calls = await fetchTappedCalls(operatorUrl);
  // Of a call in which nothing was relayed there is no record.
  if (!calls.some((call) => call.callId === callId)) {
    return { record: new SignalingRecord(''), media: bridged };
  }
  const tapped = await fetchTappedRtp(operatorUrl, callId);
  return {
    record: await SignalingRecord.fetch(operatorUrl, callId),
    media: [...bridged, ...[...tapped.values()].map(dissectAll)],
  };
}

/** One for both, or one for each. */
async function openPaths(
  { stack, topology }: DtlsReplayOptions,
  opened: AsyncDisposableStack,
): Promise<Readonly<Record<PersonName, SteppedPath>>> {
  const open = async (people: readonly PersonName[]): Promise<SteppedPath> => {
    const path = await SteppedPath.open({ serverUrl: stack.url, people });
    opened.defer(() => path.close());
    return path;
  };
  switch (topology) {
    case 'direct': {
      const path = await open(names);
      return { alice: path, bob: path };
    }
    case 'room':
      return { alice: await open(['alice']), bob: await open(['bob']) };
  }
}

interface JoinOptions {
  readonly speaker: PersonName;
  readonly callId: string;
  readonly topology: Topology;
  /** What closes them. */
  readonly opened: AsyncDisposableStack;
}

async function joinBy(path: SteppedPath, options: JoinOptions): Promise<Actor> {
  const { speaker, callId, topology, opened } = options;
  const recorder = new SpeechRecorder();
  opened.defer(() => {
    recorder.close();
  });
  const member = await CallMember.join({
    ...{ serverUrl: path.url, callId, topology, name: speaker, keying: { mode: 'dtls' } },
    onFrame: (_from, frame) => {
      recorder.add(frame);
    },
  });
  opened.defer(() => member.close());
  return new Actor({
    ...{ speaker, needs, recorder, gate: path.gateOf(speaker), connected: member.connected },
    speak: (speech) => member.speak(speech),
    framesSent: () => member.sealed.passed,
  });
}

/** What was delivered to the same person before has arrived by then. */
async function deliver({ to, kind, origin }: DtlsStep, path: SteppedPath): Promise<void> {
  const gate = path.gateOf(to);
  for (const earlier of needs.slice(0, needs.indexOf(kind))) {
    await until(() => gate.hasPassed(earlier), `${to} gets the ${earlier}`);
  }
  if (kind === 'description') {
    await until(() => gate.holds(kind), `a description for ${to}`);
    if (isPersonName(origin)) path.claimFingerprint(to, origin);
  }
  gate.open(kind);
}

function isPersonName(origin: string): origin is PersonName {
  return names.some((name) => name === origin);
}
