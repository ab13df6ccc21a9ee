import { setTimeout as pause } from 'node:timers/promises';
import { holdsKey, openWithAnyCryptoLine } from '../recover/inner-srtp.ts';
import { recoverFromTap, type RecoveredMedia } from '../recover/from-tap.ts';
import type { RtpPacket } from '../dissect/rtp.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';
import { operatorView, type OperatorView } from '../stage/operator.ts';
import { childrenOf } from '../stage/process-tree.ts';
import type { Stack } from '../stage/stack.ts';
import { recordRelayed } from '../tap/relayed-record.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence, Proof } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import { recordCall, type LiveCall, type RecordedCall } from '../lab/recorded-call.ts';
import { openWithOwnKeys, tapAsPcap, tappedMedia } from '../lab/recorded-media.ts';
import type { RunContext } from '../lab/run-context.ts';

/** 50 a second. */
const enoughPackets = 250;
const pollMs = 500;

/** A call of which nothing was kept until, while it went on, the operator was ordered to. */
interface OrderedCall {
  /** Its media only from the order on. */
  readonly call: RecordedCall;
  /** What the operator had when the order came. */
  readonly before: OperatorView;
  /** What it relayed from then on. */
  readonly ordered: SignalingRecord;
}

const orderedCall = oncePerStack<OrderedCall>();

export default defineAttack({
  id: 'K3',
  title: 'Order in mid-call',
  question: 'Is a call safe from a server that keeps no keys, if it is ordered to listen halfway?',
  power: 'active',
  cells: [
    { mode: 'sdes', topology: 'room' },
    { mode: 'e2ee', topology: 'room' },
  ],
  quick: 'none',
  claim: ({ row, topology }) => ({
    outcome: row.serverHears[topology] === 'always' ? 'falls' : 'resists',
  }),
  run: async (context) => {
    const { call, before, ordered } = await placeOrderedCall(context);
    const evidence = await searched(call, ordered);
    const lines = ordered.keys().map(({ line }) => line);
    const earlier = [...before.packets.values()].flatMap((packets) => payloadsOf(packets));
    const { packets: openedLate } = openWithAnyCryptoLine(earlier, lines);
    return {
      ...evidence,
      obtained: {
        ...evidence.obtained,
        'packets from before the order that one of these keys opens as well': openedLate.length,
      },
      artefacts: [
        { name: 'ordered.jsonl', content: ordered.text },
        { name: 'tap-since-the-order.pcap', content: tapAsPcap(call) },
      ],
    };
  },
  controls: [
    {
      id: 'before-the-order',
      title: 'what the same server had until the order came',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => {
        const { call, before } = await placeOrderedCall(context);
        return searched({ ...call, tapped: before.packets }, before.record);
      },
    },
    {
      id: 'senders-own-keys',
      title: 'the same tap since the order, with the keys that the senders drew',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: async (context) => withOwnKeys((await placeOrderedCall(context)).call),
    },
  ],
});

async function placeOrderedCall(context: RunContext): Promise<OrderedCall> {
  const shared = await context.sharedStack();
  return orderedCall(shared, context.cell.mode, async () => {
    const stack = await context.startStack({ env: { EARSHOT_RETAIN_KEYS: 'off' } });
    let before: OperatorView | undefined;
    const ordered: string[] = [];
    const call = await recordCall(context, {
      cell: context.cell,
      stack,
      whileTalking: async (live) => {
        before = await operatorView(stack, live.link);
        await order(context, { live, stack, ordered });
      },
    });
    if (before === undefined) throw new LabError('no-call', 'no order was given');
    return { call, before, ordered: new SignalingRecord(ordered.join('')) };
  });
}

/**
 * Keeps what is relayed from now on, and restarts the media server, as an operator may at any time: the clients set up
 * their media again, and announce themselves with what they have. Resolves when enough was said after that.
 */
async function order(
  { signal }: RunContext,
  {
    live,
    stack,
    ordered,
  }: { readonly live: LiveCall; readonly stack: Stack; readonly ordered: string[] },
): Promise<void> {
  live.watch((message) => ordered.push(...recordRelayed(message)));
  const workers = childrenOf(stack.process.pid ?? 0);
  if (workers.length === 0) throw new LabError('unavailable', 'no process table to find it in');
  const known = (await operatorView(stack, live.link)).record.producers();
  for (const pid of workers) process.kill(pid, 'SIGKILL');
  for (;;) {
    const { record, packets } = await operatorView(stack, live.link);
    const isNew = record.producers().size >= 2 * known.size;
    const spoken = [...packets.values()].filter(({ length }) => length >= enoughPackets);
    if (isNew && spoken.length >= live.people.length) return;
    signal.throwIfAborted();
    await pause(pollMs);
  }
}

async function searched(call: RecordedCall, record: SignalingRecord): Promise<Evidence> {
  const proofs: Proof[] = [];
  for (const person of call.people) {
    const media = tappedMedia(call, person);
    const recovered: RecoveredMedia = await recoverFromTap(media, record);
    const { speaker, otherSpeaker: notSpeaker } = person;
    proofs.push(
      {
        kind: 'count',
        what: `packets of ${speaker} authentic under a key that was relayed`,
        found: recovered.authentic,
        of: media.packets.length,
      },
      {
        kind: 'audio',
        what: `what the operator then hears of ${speaker}`,
        ...{ speaker, notSpeaker },
        heard: recovered.pcm,
      },
    );
  }
  return {
    tried: `The server kept no keys. Everything in the ${String(record.messages.length)} messages that it had of the call was tried on what its media server forwarded meanwhile.`,
    proofs,
    obtained: {
      'messages kept': record.messages.length,
      'a=crypto lines with a key in them': record.keys().filter(({ line }) => holdsKey(line))
        .length,
    },
  };
}

function withOwnKeys(call: RecordedCall): Evidence {
  return {
    tried: 'The packets since the order were opened with the keys that the senders drew.',
    proofs: call.people.map((person) => {
      const { packets, of } = openWithOwnKeys(tappedMedia(call, person), person);
      const what = `packets of ${person.speaker} that are authentic`;
      return { kind: 'count', what, found: packets.length, of };
    }),
  };
}

function payloadsOf(packets: readonly RtpPacket[]): Uint8Array[] {
  return packets.map(({ payload }) => payload);
}
