import { randomBytes } from 'node:crypto';
import { placeNativeCall, sharedNativeCall, type NativeCall } from '../stage/native-call.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';
import { wireEvidence, type CapturedCall } from '../lab/wire-evidence.ts';

export default defineAttack({
  id: 'K1',
  title: 'Key retention and wire capture',
  question: 'Does what somebody captured on the network open with the key that the operator kept?',
  power: 'wire',
  cells: [
    // Between applications that put SRTP on the wire themselves; browsers no longer do.
    { mode: 'sdes', topology: 'direct' },
    { mode: 'dtls', topology: 'direct' },
    { mode: 'dtls', topology: 'room' },
    { mode: 'e2ee', topology: 'direct' },
    { mode: 'e2ee', topology: 'room' },
  ],
  quick: [
    { mode: 'sdes', topology: 'direct' },
    { mode: 'e2ee', topology: 'room' },
  ],
  claim: ({ row }) => ({ outcome: row.keysHeldBy === 'signaling' ? 'falls' : 'resists' }),
  run: async (context) => {
    if (context.cell.mode === 'sdes') return withKeptKeys(await nativeCall(context));
    const call = await context.recordedCall();
    return opened(call, call.record);
  },
  controls: [
    {
      id: 'without-the-log',
      title: 'the same capture, without what the operator kept',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => opened(await nativeCall(context), new SignalingRecord('')),
    },
    {
      id: 'wrong-keys',
      title: 'the same capture, with other keys in the log',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => {
        const call = await nativeCall(context);
        return opened(call, withOtherKeys(call.record));
      },
    },
    {
      id: 'keys-not-retained',
      title: 'the same call over a server that does not write the keys down',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) => {
        const stack = await context.startStack({ env: { EARSHOT_RETAIN_KEYS: 'off' } });
        const call = await placeNativeCall(stack);
        return opened(call, call.record);
      },
    },
    {
      id: 'keys-on-the-wire',
      title: 'the same search, over a call whose keys went through signaling',
      appliesTo: ({ row }) => row.keysHeldBy !== 'signaling',
      proves: { outcome: 'falls' },
      run: async (context) => withKeptKeys(await nativeCall(context)),
    },
  ],
});

async function nativeCall(context: RunContext): Promise<NativeCall> {
  return sharedNativeCall(await context.sharedStack());
}

async function withKeptKeys(call: NativeCall): Promise<Evidence> {
  const evidence = await opened(call, call.record);
  const { capturedUntil, suite } = call;
  return {
    ...evidence,
    obtained: {
      ...evidence.obtained,
      'suite agreed on': suite,
      'capture ended': capturedUntil.toISOString(),
      'log asked for': call.recordAskedAt.toISOString(),
    },
  };
}

async function opened(call: CapturedCall, record: SignalingRecord): Promise<Evidence> {
  const evidence = await wireEvidence(call, record);
  return {
    ...evidence,
    tried: `The call was captured on its way; afterwards everything in the ${String(record.messages.length)} messages that the server had kept was tried as a key on it.`,
  };
}

/** Of the same suites and lengths, and nobody's. */
function withOtherKeys({ text }: SignalingRecord): SignalingRecord {
  return new SignalingRecord(
    text.replace(/inline:([A-Za-z0-9+/]+=*)/g, (_, key: string) => {
      const other = randomBytes(Buffer.from(key, 'base64').length).toString('base64');
      return `inline:${other}`;
    }),
  );
}
