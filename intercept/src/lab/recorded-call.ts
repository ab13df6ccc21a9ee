/**
 * One call, recorded from every side at once: what the operator kept, what its media server forwarded, what a
 * listener on the wire has, what the people heard, and what their devices drew as randomness. Attacks that only
 * read share it; nothing that they do changes it.
 */
import type { Datagram } from '../dissect/pcap.ts';
import type { RtpPacket } from '../dissect/rtp.ts';
import { heardAtLeast, type Correlation } from '../measure/correlation.ts';
import type { Pcm } from '../measure/pcm.ts';
import type { Rewrite } from '../operator/active-relay.ts';
import type { RelayedMessage } from '../operator/relayed-message.ts';
import { drawnRandomness, recordDrawnRandomness } from '../stage/drawn-randomness.ts';
import { operatorView } from '../stage/operator.ts';
import type { Person } from '../stage/person.ts';
import type { Speaker } from '../stage/speech.ts';
import type { Stack } from '../stage/stack.ts';
import { openTappedPath } from '../stage/tapped-path.ts';
import type { SignalingRecord } from '../tap/signaling-record.ts';
import type { Cell } from './attack.ts';
import { LabError } from './lab-error.ts';
import type { RunContext } from './run-context.ts';

export interface RecordedPerson {
  readonly speaker: Speaker;
  /** Whose voice is not theirs, and in the same call. */
  readonly otherSpeaker: Speaker;
  readonly id: string;
  /** Each random value that their crypto worker drew, oldest first: their real keys are among them. */
  readonly drawn: readonly Uint8Array[];
  /** What their browser played of the other. */
  readonly heard: Pcm;
  readonly hearing: Correlation;
}

export interface RecordedCall extends Cell {
  readonly callId: string;
  readonly link: string;
  /** Alice, who called, and bob. */
  readonly people: readonly [RecordedPerson, RecordedPerson];
  /** What the operator kept of the signaling. */
  readonly record: SignalingRecord;
  /** By participant id, complete from the first packet on; empty for a direct call. */
  readonly tapped: ReadonlyMap<string, readonly RtpPacket[]>;
  /** Every datagram of the call's media path, as somebody on the network sees it. */
  readonly wire: readonly Datagram[];
  /** What the server wrote to its log. */
  readonly serverLog: string;
  readonly seconds: number;
}

/** A call while both talk and hear each other. */
export interface LiveCall {
  readonly link: string;
  readonly people: readonly [Person, Person];
  /** From now on: every message that passes the server, as it comes. */
  watch(listener: (message: RelayedMessage) => void): void;
}

export interface RecordCallOptions {
  readonly cell: Cell;
  readonly stack: Stack;
  /** See `TappedPathOptions`. */
  readonly change?: Rewrite;
  /** Before alice hangs up. */
  readonly whileTalking?: (call: LiveCall) => Promise<void>;
}

/**
 * Two people talk until both have heard the other, then alice hangs up.
 * @throws LabError `no-call` if they do not hear each other: then there is nothing to attack.
 */
export async function recordCall(
  context: RunContext,
  { cell, stack, change, whileTalking }: RecordCallOptions,
): Promise<RecordedCall> {
  const startedAt = Date.now();
  const listeners: ((message: RelayedMessage) => void)[] = [];
  const path = await openTappedPath({
    serverUrl: stack.url,
    ...(change === undefined ? {} : { change }),
    onMessage: (message) => {
      for (const listener of listeners) listener(message);
    },
  });
  context.defer(() => path.close());

  const options = { serverUrl: path.url, prepare: recordDrawnRandomness };
  context.note('alice calls');
  const alice = await context.invite('alice', options);
  const bob = await context.invite('bob', options);
  const link = await alice.createCall(cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  context.note('bob joins');
  await bob.join(link);
  context.note('both listen');
  const [byAlice, byBob] = await Promise.all([
    alice.waitUntilHeard('bob'),
    bob.waitUntilHeard('alice'),
  ]);
  const ids = { alice: await bob.idOf('alice'), bob: await alice.idOf('bob') };
  context.note('they talk');
  await whileTalking?.({
    link,
    people: [alice, bob],
    watch: (listener) => listeners.push(listener),
  });
  context.note('what their devices drew is read');
  const drawnByAlice = await drawnRandomness(alice.page);
  let drawnByBob = await drawnRandomness(bob.page);
  context.note('alice hangs up');
  await alice.hangUp();
  context.note('the operator’s records are read');
  const { callId, record, packets } = await operatorView(stack, link);
  // A direct call is over; in a room bob changed his key when alice left, and goes on.
  if (cell.topology === 'room') drawnByBob = await drawnRandomness(bob.page);
  context.note('their windows close');
  await Promise.all([alice, bob].map((person) => person.context.close()));

  const people: RecordedCall['people'] = [
    {
      speaker: 'alice',
      otherSpeaker: 'bob',
      id: ids.alice,
      drawn: drawnByAlice,
      heard: byAlice.heard,
      hearing: byAlice.correlation,
    },
    {
      speaker: 'bob',
      otherSpeaker: 'alice',
      id: ids.bob,
      drawn: drawnByBob,
      heard: byBob.heard,
      hearing: byBob.correlation,
    },
  ];
  requireTalk(people, [alice, bob]);
  return {
    ...cell,
    callId,
    link,
    people,
    record,
    tapped: packets,
    wire: path.wire,
    serverLog: stack.output(),
    seconds: (Date.now() - startedAt) / 1000,
  };
}

function requireTalk(recorded: RecordedCall['people'], people: readonly Person[]): void {
  for (const { speaker, otherSpeaker, hearing } of recorded) {
    if (hearing.score >= heardAtLeast) continue;
    const problems = people.flatMap((person) => person.problems).join('; ');
    throw new LabError(
      'no-call',
      `${speaker} did not hear ${otherSpeaker} (${hearing.score.toFixed(2)}); ${problems}`,
    );
  }
}
