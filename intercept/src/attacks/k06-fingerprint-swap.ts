import { keyingModes } from '@earshot/keying/mode';
import type { RtpPacket } from '../dissect/rtp.ts';
import { heardAtLeast } from '../measure/correlation.ts';
import { FingerprintSwap, type SwappedDescription } from '../operator/fingerprint-swap.ts';
import { recoverFromTap, type TappedMedia } from '../recover/from-tap.ts';
import { drawnRandomness, recordDrawnRandomness } from '../stage/drawn-randomness.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';
import { callIdOf } from '../stage/operator.ts';
import type { Hearing, Person } from '../stage/person.ts';
import type { Speaker } from '../stage/speech.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Notice, Proof } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import { ownKeyEvidence } from '../lab/own-key-evidence.ts';
import type { RunContext } from '../lab/run-context.ts';

interface BridgedPerson {
  readonly id: string;
  readonly speaker: Speaker;
  readonly otherSpeaker: Speaker;
  /** Random values of their crypto worker. */
  readonly drawn: readonly Uint8Array[];
  /** What they sent into the bridge, without DTLS-SRTP. */
  readonly packets: readonly RtpPacket[];
  readonly hearing: Hearing;
  /** Of their call, at its end. */
  readonly phase: string;
}

interface BridgedCall {
  readonly callId: string;
  readonly people: readonly BridgedPerson[];
  readonly swapped: readonly SwappedDescription[];
  readonly record: SignalingRecord;
}

const calls = oncePerStack<BridgedCall>();

export default defineAttack({
  id: 'K6',
  title: 'Fingerprint swap',
  question:
    'Can the operator sit in the middle of a direct call by swapping the fingerprints it relays?',
  power: 'active',
  cells: keyingModes.map((mode) => ({ mode, topology: 'direct' })),
  quick: [{ mode: 'dtls', topology: 'direct' }],
  claim: ({ row }) =>
    row.serverHears.direct === 'never'
      ? { outcome: 'resists' }
      : { outcome: 'falls', noticed: false },
  run: async (context) => {
    const call = await sharedCall(context);
    return bridged(context, { call, record: call.record });
  },
  controls: [
    {
      id: 'no-swap',
      title: 'the same bridge, while the relay passes everything as it is',
      appliesTo: ({ row }) => row.keysHeldBy === 'hop',
      proves: { outcome: 'resists', noticed: false },
      run: async (context) => {
        const call = await place(context, 'watch');
        return bridged(context, { call, record: call.record });
      },
    },
    {
      id: 'without-the-log',
      title: 'the same swap, without the keys that went through signaling',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) =>
        bridged(context, { call: await sharedCall(context), record: new SignalingRecord('') }),
    },
    {
      id: 'senders-own-keys',
      title: 'the same packets, with the keys that the senders drew',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: async (context) => withOwnKeys(context, await sharedCall(context)),
    },
  ],
});

async function sharedCall(context: RunContext): Promise<BridgedCall> {
  const stack = await context.sharedStack();
  return calls(stack, context.cell.mode, () => place(context, 'swap'));
}

async function place(context: RunContext, what: 'swap' | 'watch'): Promise<BridgedCall> {
  const relay = await context.startRelay();
  const swap = new FingerprintSwap(relay, what);
  context.defer(() => swap.close());
  const options = { serverUrl: relay.url, prepare: recordDrawnRandomness };
  const alice = await context.invite('alice', options);
  const bob = await context.invite('bob', options);
  const link = await alice.createCall(context.cell);
  await alice.join();
  await alice.waitForPhase('waiting');
  await bob.join(link);
  const [byAlice, byBob] = await Promise.all([
    alice.waitUntilHeard('bob'),
    bob.waitUntilHeard('alice'),
  ]);
  if (swap.failure !== undefined) {
    throw new LabError('no-call', 'the bridge did not come about', { cause: swap.failure });
  }
  const [first, second] = swap.victims;
  if (first === undefined || second === undefined) {
    throw new LabError('no-call', 'the two did not both join');
  }
  const callId = callIdOf(link);
  const { operatorUrl } = await context.sharedStack();
  return {
    callId,
    people: [
      await bridgedPerson(alice, { ...first, otherSpeaker: 'bob', hearing: byAlice }),
      await bridgedPerson(bob, { ...second, otherSpeaker: 'alice', hearing: byBob }),
    ],
    swapped: swap.swapped,
    record: await SignalingRecord.fetch(operatorUrl, callId),
  };
}

async function bridgedPerson(
  person: Person,
  known: Pick<BridgedPerson, 'id' | 'packets' | 'otherSpeaker' | 'hearing'>,
): Promise<BridgedPerson> {
  return {
    ...known,
    speaker: person.speaker,
    drawn: await drawnRandomness(person.page),
    phase: await settledPhase(person),
  };
}

/** A call that is reconnecting on a busy machine is not over, and not as ever. */
async function settledPhase({ page }: Person): Promise<string> {
  const settled = ['connected', 'ended']
    .map((phase) => `[data-testid="call-phase"][data-phase="${phase}"]`)
    .join();
  return (await page.locator(settled).getAttribute('data-phase')) ?? '';
}

function mediaOf(context: RunContext, call: BridgedCall, person: BridgedPerson): TappedMedia {
  const { mode } = context.cell;
  return { callId: call.callId, senderId: person.id, mode, packets: person.packets };
}

/** What the bridge hears with `record`, and what the people could have noticed. */
async function bridged(
  context: RunContext,
  { call, record }: { readonly call: BridgedCall; readonly record: SignalingRecord },
): Promise<Evidence> {
  const proofs: Proof[] = [];
  const obtained: Record<string, string | number> = {};
  for (const person of call.people) {
    const recovered = await recoverFromTap(mediaOf(context, call, person), record);
    proofs.push({
      kind: 'audio',
      what: `what the bridge hears of ${person.speaker}`,
      speaker: person.speaker,
      notSpeaker: person.otherSpeaker,
      heard: recovered.pcm,
    });
    if (context.cell.mode !== 'dtls') {
      proofs.push({
        kind: 'count',
        what: `packets of ${person.speaker} that are authentic under a key in the log`,
        found: recovered.authentic,
        of: person.packets.length,
      });
    }
    obtained[`packets of ${person.speaker} on the bridge`] = person.packets.length;
    obtained[`keys tried on ${person.speaker}`] = recovered.keysTried;
    if (recovered.line !== undefined) obtained[`key of ${person.speaker}`] = recovered.line;
  }
  return {
    tried: `${String(call.swapped.length)} descriptions were passed on with the server’s own fingerprints, and media carried between two DTLS connections.`,
    proofs,
    notices: call.people.map(noticeOf),
    obtained,
    diffs: call.swapped.map(({ verb, before, after }) => ({
      title: `${verb} as sent and as passed on`,
      before,
      after,
    })),
  };
}

/** The bridge carries the voices on: a call that goes on as ever shows nobody anything. */
function noticeOf({ speaker, otherSpeaker, hearing, phase }: BridgedPerson): Notice {
  const { score } = hearing.correlation;
  return {
    what: `${speaker} was shown “${phase}” and heard ${otherSpeaker} (${score.toFixed(2)})`,
    noticed: phase !== 'connected' || score < heardAtLeast,
  };
}

function withOwnKeys(context: RunContext, call: BridgedCall): Promise<Evidence> {
  return ownKeyEvidence({
    tried:
      'The packets on the bridge were opened with the keys that the senders drew, read out of their browsers.',
    holder: 'the bridge hears',
    streams: call.people.map((person) => ({ person, media: mediaOf(context, call, person) })),
  });
}
