/**
 * A trace of the `sdes` model played to the real server and two native endpoints, whose SRTP has nothing around it: each
 * gets the other's line when the trace delivers it. The attacker changes nothing, and needs not.
 */
import { createCall } from '@earshot/peer/create-call';
import { SdesParticipant } from '@earshot/peer/sdes-participant';
import { SpeechRecorder } from '@earshot/peer/speech-recorder';
import type { Stack } from '../../stage/stack.ts';
import { SignalingRecord } from '../../tap/signaling-record.ts';
import { originOf, type SdesAction } from '../sdes-model.ts';
import {
  Actor,
  names,
  playOut,
  until,
  type PersonName,
  type ReplayedCall,
} from './replayed-call.ts';
import { SteppedPath } from './stepped-path.ts';

export interface SdesReplayOptions {
  readonly stack: Pick<Stack, 'url' | 'operatorUrl'>;
  /** Of the trace, in its order. */
  readonly actions: readonly SdesAction[];
}

/**
 * @throws RangeError for a line that is not the other person's: nobody here makes one up
 * @throws Error where what the trace delivers does not come about
 */
export async function replaySdes({ stack, actions }: SdesReplayOptions): Promise<ReplayedCall> {
  for (const action of actions) requireGenuine(action);
  await using opened = new AsyncDisposableStack();
  const path = await SteppedPath.open({ serverUrl: stack.url, people: names });
  opened.defer(() => path.close());
  const callId = await createCall({ serverUrl: stack.url, mode: 'sdes', topology: 'direct' });
  const join = (speaker: PersonName): Promise<Actor> => joinBy(path, { speaker, callId, opened });
  // The offer is bob's: his line is the first that is relayed, as in the model.
  const bob = await join('bob');
  const people = [await join('alice'), bob];
  for (const { to } of actions) {
    const gate = path.gateOf(to);
    await until(() => gate.holds('description'), `a line for ${to}`);
    gate.open('description');
  }
  await playOut(people);
  return {
    people: people.map((person) => person.report()),
    wire: path.wire,
    record: await SignalingRecord.fetch(stack.operatorUrl, callId),
    media: [],
  };
}

function requireGenuine(action: SdesAction): void {
  const origin = originOf(action) ?? 'nobody';
  if (origin !== (action.to === 'alice' ? 'bob' : 'alice')) {
    throw new RangeError(`a step that cannot be played: the line of ${origin} to ${action.to}`);
  }
}

interface JoinOptions {
  readonly speaker: PersonName;
  readonly callId: string;
  /** What closes them. */
  readonly opened: AsyncDisposableStack;
}

async function joinBy(path: SteppedPath, { speaker, callId, opened }: JoinOptions): Promise<Actor> {
  const recorder = new SpeechRecorder();
  opened.defer(() => {
    recorder.close();
  });
  const member = await SdesParticipant.join({
    ...{ serverUrl: path.url, callId, name: speaker },
    onFrame: (frame) => {
      recorder.add(frame);
    },
  });
  opened.defer(() => member.close());
  return new Actor({
    ...{ speaker, recorder, gate: path.gateOf(speaker), connected: member.agreed },
    needs: ['description'],
    speak: (speech) => member.speak(speech),
    framesSent: () => member.endpoint.counts.sentRtp.passed,
  });
}
