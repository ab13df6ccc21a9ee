import { keyingModes } from '@earshot/keying/mode';
import type { Datagram } from '../dissect/pcap.ts';
import { placeNativeCall } from '../stage/native-call.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';
import { CoturnUnavailable, startCoturn, type Coturn } from '../stage/turn/coturn.ts';
import { nativeThroughTurn, passRelayedCandidates } from '../stage/turn/turned-path.ts';
import type { Stack } from '../stage/stack.ts';
import type { Endpoint } from '../stage/udp-relay.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import { recordCall } from '../lab/recorded-call.ts';
import type { RunContext } from '../lab/run-context.ts';
import { wireEvidence, type CapturedCall } from '../lab/wire-evidence.ts';

/** A call all of whose media go through the provider: neither side was told where the other is. */
interface ForcedCall extends CapturedCall {
  readonly record: SignalingRecord;
  /** Which program, and its version. */
  readonly relay: string;
  /** Addresses that it says it gave to the two. */
  readonly allocated: readonly Endpoint[];
}

const nativeCalls = oncePerStack<ForcedCall>();

export default defineAttack({
  id: 'K5',
  title: 'Forced relay through the provider',
  question: 'Does it help the operator to make a direct call pass its own relay?',
  power: 'relay',
  cells: keyingModes.map((mode) => ({ mode, topology: 'direct' })),
  quick: 'none',
  // A relay carries what it gets: it hears what an operator hears that changes nothing else.
  claim: ({ row, topology }) => ({
    outcome: row.serverHears[topology] === 'always' ? 'falls' : 'resists',
  }),
  run: async (context) => {
    const call = await forcedCall(context);
    return relayed(call, call.record);
  },
  controls: [
    {
      id: 'without-the-log',
      title: 'the same relay, without the keys that went through signaling',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => relayed(await forcedCall(context), new SignalingRecord('')),
    },
    {
      id: 'keys-in-signaling',
      title: 'the same relay, under a call whose keys went through signaling',
      appliesTo: ({ row }) => row.keysHeldBy !== 'signaling',
      proves: { outcome: 'falls' },
      run: async (context) => {
        const call = await forcedNativeCall(context);
        return relayed(call, call.record);
      },
    },
  ],
});

/** In `sdes` between applications that put SRTP on the wire themselves; today's browsers wrap it in DTLS-SRTP. */
async function forcedCall(context: RunContext): Promise<ForcedCall> {
  return context.cell.mode === 'sdes' ? forcedNativeCall(context) : forcedBrowserCall(context);
}

async function forcedBrowserCall(context: RunContext): Promise<ForcedCall> {
  const { coturn, stack } = await startProvider(context);
  const call = await recordCall(context, {
    ...{ cell: context.cell, stack },
    change: passRelayedCandidates,
  });
  return { ...call, relay: coturn.version, allocated: coturn.allocated() };
}

/** One for all cells: nobody changes it. */
async function forcedNativeCall(context: RunContext): Promise<ForcedCall> {
  return nativeCalls(await context.sharedStack(), 'turned', async () => {
    const { coturn, stack } = await startProvider(context);
    const path = await nativeThroughTurn(stack.url);
    context.defer(() => path.close());
    const call = await placeNativeCall(stack, { change: path.change });
    return { ...call, relay: coturn.version, allocated: coturn.allocated() };
  });
}

/** A TURN server, and a signaling server that hands it out. */
async function startProvider(
  context: RunContext,
): Promise<{ readonly coturn: Coturn; readonly stack: Stack }> {
  const coturn = await startCoturn().catch((cause: unknown) => {
    if (!(cause instanceof CoturnUnavailable)) throw cause;
    throw new LabError('unavailable', cause.message, { cause });
  });
  context.defer(() => coturn.close());
  return { coturn, stack: await context.startStack({ env: coturn.environment }) };
}

async function relayed(call: ForcedCall, record: SignalingRecord): Promise<Evidence> {
  const { relay, wire } = call;
  const onRelay = new Set(call.allocated.map(named));
  const around = wire.filter(
    ({ from, to }) => !onRelay.has(named(from)) && !onRelay.has(named(to)),
  );
  if (around.length > 0) {
    throw new LabError('no-call', `${String(around.length)} datagrams went around the relay`);
  }
  const evidence = await wireEvidence(call, record);
  return {
    ...evidence,
    tried: `Both were given addresses on the provider’s relay, ${relay}, and no other; what it carried between them was kept, and everything in the log was tried as a key on it.`,
    obtained: {
      ...evidence.obtained,
      'addresses that the relay gave away; each datagram has one of them': onRelay.size,
    },
  };
}

function named({ address, port }: Datagram['from']): string {
  return `${address} ${String(port)}`;
}
