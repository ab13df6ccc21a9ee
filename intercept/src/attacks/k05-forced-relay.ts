import { keyingModes } from '@earshot/keying/mode';
import { sharedNativeCall } from '../stage/native-call.ts';
import { SignalingRecord, stringsIn } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import { LabError } from '../lab/lab-error.ts';
import type { RunContext } from '../lab/run-context.ts';
import { wireEvidence, type CapturedCall } from '../lab/wire-evidence.ts';

/** A call all of whose media go through the provider: neither side was told where the other is. */
interface ForcedCall extends CapturedCall {
  /** As passed on, with the relay's addresses. */
  readonly record: SignalingRecord;
}

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
        const call = await sharedNativeCall(await context.sharedStack());
        return relayed(call, call.record);
      },
    },
  ],
});

/** In `sdes` between applications that put SRTP on the wire themselves; today's browsers wrap it in DTLS-SRTP. */
async function forcedCall(context: RunContext): Promise<ForcedCall> {
  if (context.cell.mode === 'sdes') return sharedNativeCall(await context.sharedStack());
  return context.recordedCall();
}

async function relayed(call: ForcedCall, record: SignalingRecord): Promise<Evidence> {
  const places = placesNamed(call.record);
  const ends = new Set(
    call.wire
      .flatMap(({ from, to }) => [from, to])
      .map(({ address, port }) => `${address} ${port}`),
  );
  const direct = places.filter((place) => ends.has(place));
  if (direct.length > 0) throw new LabError('no-call', `a way around the relay: ${direct.join()}`);
  const evidence = await wireEvidence(call, record);
  return {
    ...evidence,
    tried:
      'Both were given the relay’s addresses and no other; it kept what it carried, and everything in the log was tried as a key on it.',
    obtained: {
      ...evidence.obtained,
      'addresses named in signaling, all of the relay': places.length,
      'ends that the relay carried between': ends.size,
    },
  };
}

/** Where the two were told to send: candidates (RFC 8839 section 5.1), or c= and m= lines. */
function placesNamed({ messages }: SignalingRecord): string[] {
  const texts = messages.flatMap(({ payload }) => stringsIn(payload));
  const candidates = texts.flatMap((text) =>
    [...text.matchAll(/candidate:\S+ \d+ udp \d+ (\S+) (\d+) /gi)].map(
      ([, address = '', port = '']) => `${address} ${port}`,
    ),
  );
  const described = texts.flatMap((text) => {
    const address = /^c=IN IP4 ([\d.]+)/m.exec(text)?.[1];
    const port = /^m=audio (\d+) /m.exec(text)?.[1];
    return address === undefined || port === undefined || port === '9'
      ? []
      : [`${address} ${port}`];
  });
  return [...new Set([...candidates, ...described])];
}
