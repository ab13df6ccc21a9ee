import { topologies } from '@earshot/keying/mode';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';
import { openWithOwnKeys, tappedMedia } from '../lab/recorded-media.ts';
import { copiesOf } from '../recover/key-copies.ts';

/** `dtls` keys are the browser's own and never leave it: there is nothing to search for. */
const cells = [
  ...topologies.map((topology) => ({ mode: 'sdes', topology }) as const),
  { mode: 'e2ee', topology: 'room' } as const,
];

export default defineAttack({
  id: 'S2',
  title: 'Key residue in logs and stores',
  question: 'Is the key of a call in what the server wrote down?',
  power: 'signaling-log',
  cells,
  quick: [{ mode: 'e2ee', topology: 'room' }],
  claim: ({ row }) => ({ outcome: row.keysHeldBy === 'signaling' ? 'falls' : 'resists' }),
  run: async (context) => searched(await context.recordedCall()),
  controls: [
    {
      id: 'keys-not-retained',
      title: 'a server that relays the keys and does not write them down',
      appliesTo: ({ row }) => row.keysHeldBy === 'signaling',
      proves: { outcome: 'resists' },
      run: async (context) =>
        searched(await context.recordCallOn({ env: { EARSHOT_RETAIN_KEYS: 'off' } })),
    },
    {
      id: 'planted',
      title: 'the same search, where the sender’s key was written into the log',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: async (context) => {
        const call = await context.recordedCall();
        const [key] = keysOf(call);
        const planted = Buffer.from(key ?? []).toString('base64url');
        return searched(call, { and: JSON.stringify({ debug: planted }) });
      },
    },
  ],
});

function searched(call: RecordedCall, extra: { readonly and?: string } = {}): Evidence {
  const stores = {
    'the signaling record': call.record.text,
    'the server’s output': call.serverLog + (extra.and ?? ''),
  };
  const keys = keysOf(call);
  const found = keys.filter((key) =>
    Object.values(stores).some((text) => copiesOf(key, text) > 0),
  ).length;
  const obtained = Object.fromEntries(
    Object.entries(stores).map(([name, text]) => [
      `copies in ${name}`,
      keys.reduce((sum, key) => sum + copiesOf(key, text), 0),
    ]),
  );
  return {
    tried:
      'The keys of the call, read out of the two browsers, were looked for in everything that the server had written.',
    proofs: [
      {
        kind: 'count',
        what: 'keys of the two browsers that the server wrote down',
        found,
        of: keys.length,
      },
    ],
    obtained,
    artefacts: [
      { name: 'signaling.jsonl', content: call.record.text },
      { name: 'server.log', content: stores['the server’s output'] },
    ],
  };
}

/** RFC 4568 section 6.2, RFC 7714 section 14.2: master key and salt, in bytes. */
const lineKeyBytes = [28, 30, 44];

/**
 * Keys as the browsers drew them: in `sdes` one per suite, of which some were relayed; in `e2ee` those under which
 * tapped frames are authentic.
 */
function keysOf(call: RecordedCall): Uint8Array[] {
  return call.people.flatMap((person) =>
    call.mode === 'e2ee'
      ? openWithOwnKeys(tappedMedia(call, person), person).keysUsed
      : person.drawn.filter(({ length }) => lineKeyBytes.includes(length)),
  );
}
