import { randomBytes } from 'node:crypto';
import { recoverAsOpus } from '../recover/audio.ts';
import { openWithAesKeys, uplinksOf } from '../recover/from-memory.ts';
import { defineAttack, type Cell } from '../lab/attack.ts';
import type { Evidence, Plot, Proof } from '../lab/evidence.ts';
import type { RunContext } from '../lab/run-context.ts';
import { seizedCall, type SeizedCall, type SeizedCallOptions } from '../lab/seized-call.ts';
import { writePcap } from '../dissect/pcap.ts';
import { oncePerStack } from '../stage/once-per-stack.ts';

const seized = oncePerStack<SeizedCall>();

export default defineAttack({
  id: 'S1',
  title: 'Key residue in server memory',
  question: 'Does the memory of a seized server hold what opens the call, and for how long?',
  power: 'memory',
  cells: [
    { mode: 'sdes', topology: 'room' },
    { mode: 'dtls', topology: 'room' },
    { mode: 'e2ee', topology: 'room' },
  ],
  quick: 'none',
  claim: ({ row, topology }) => ({
    outcome: row.serverHears[topology] === 'always' ? 'falls' : 'resists',
  }),
  run: async (context) => {
    const { row } = context.cell;
    switch (row.keysHeldBy) {
      case 'signaling': {
        const { promise: ended, resolve: onEnded } = Promise.withResolvers<undefined>();
        const kept = placeSeizedCall(context, {
          retention: 'on',
          onEnded: () => {
            onEnded(undefined);
          },
        });
        // While the first server is left alone, the second one's call is placed.
        await Promise.race([ended, kept]);
        return copiesIn(await Promise.all([kept, placeSeizedCall(context, { retention: 'off' })]));
      }
      case 'hop':
        return hopOpened(await placeSeizedCall(context));
      case 'endpoints': {
        const call = await placeSeizedCall(context);
        const [copies, hop] = [copiesIn([call]), await hopOpened(call)];
        // The hop opens as in `dtls`, and what is in it is still sealed.
        const heard = hop.proofs.filter(({ kind }) => kind === 'audio');
        return {
          ...copies,
          proofs: [...copies.proofs, ...heard],
          obtained: { ...copies.obtained, ...hop.obtained },
        };
      }
    }
  },
  controls: [
    {
      id: 'keys-of-nobody',
      title: 'the same search for keys that nobody has',
      appliesTo: ({ row }) => row.keysHeldBy !== 'hop',
      proves: { outcome: 'resists' },
      run: async (context) => ofNobody(await placeSeizedCall(context)),
    },
    {
      id: 'other-capture',
      title: 'the same values, tried on the capture of another call',
      appliesTo: ({ row }) => row.keysHeldBy === 'hop',
      proves: { outcome: 'resists' },
      run: async (context) => {
        const { wire } = await context.recordedCall();
        return hopOpened({ ...(await placeSeizedCall(context)), wire });
      },
    },
    {
      id: 'keys-that-were-relayed',
      title: 'the same search after a call whose keys went through the server',
      appliesTo: ({ row }) => row.keysHeldBy === 'endpoints',
      proves: { outcome: 'falls' },
      run: async (context) =>
        copiesIn([
          await placeSeizedCall(context, {
            retention: 'on',
            cell: { mode: 'sdes', topology: context.cell.topology },
          }),
        ]),
    },
  ],
});

type PlaceOptions = Pick<SeizedCallOptions, 'retention' | 'onEnded'> & { readonly cell?: Cell };

async function placeSeizedCall(
  context: RunContext,
  { cell = context.cell, ...options }: PlaceOptions = { retention: 'on' },
): Promise<SeizedCall> {
  return seized(await context.sharedStack(), `${cell.mode} ${options.retention}`, () =>
    seizedCall(context, { cell, decoys: [randomBytes(30), randomBytes(32)], ...options }),
  );
}

/** Keys known to the lab, looked for in every memory of every seizure. */
function copiesIn(calls: readonly SeizedCall[]): Evidence {
  const proofs = calls
    .filter(({ retention }) => retention === 'on')
    .flatMap(({ keys, seizures, heap }): Proof[] => [
      {
        kind: 'count',
        what: 'keys of the call of which the server’s memory held a copy during or after it',
        found: keys.filter((_, i) =>
          seizures.some(({ memories }) => memories.some((counts) => (counts.ofKeys[i] ?? 0) > 0)),
        ).length,
        of: keys.length,
      },
      {
        kind: 'count',
        what: `keys of the call in strings of the signaling process’s heap snapshot, ${heap.when}`,
        found: heap.ofKeys.filter((count) => count > 0).length,
        of: keys.length,
      },
    ]);
  return {
    tried:
      'The keys of the call, read out of the two browsers, were looked for as bytes and as text in the memory of the server’s processes, while people talked and three times after they had hung up; the last time also in the strings of a heap snapshot of the signaling process.',
    proofs,
    obtained: Object.fromEntries(calls.flatMap(describedCopies)),
    plots: [residuePlot(calls)],
  };
}

function describedCopies({ retention, seizures, heap }: SeizedCall): [string, number][] {
  const inMemory = seizures.flatMap(({ when, memories }) =>
    memories.map(({ processName, ofKeys }): [string, number] => [
      `copies in ${processName}, ${when}, retention ${retention}`,
      sumOf(ofKeys),
    ]),
  );
  const snapshot = `signaling’s heap snapshot, ${heap.when}, retention ${retention}`;
  return [
    ...inMemory,
    [`MiB of ${snapshot}`, heap.megabytes],
    [`strings in ${snapshot}`, heap.strings],
    [`strings with a key in ${snapshot}`, sumOf(heap.ofKeys)],
  ];
}

function residuePlot(calls: readonly SeizedCall[]): Plot {
  return {
    title: 'Copies of the call’s keys in memory',
    style: 'line',
    xAxis: 'seconds since the call ended',
    yAxis: 'copies',
    series: calls.flatMap(({ retention, seizures }) =>
      (seizures[0]?.memories ?? []).map(({ processName }) => ({
        name: `${processName}, retention ${retention}`,
        points: seizures.map(({ sinceEndS, memories }): [number, number] => [
          sinceEndS,
          sumOf(memories.find((one) => one.processName === processName)?.ofKeys ?? []),
        ]),
      })),
    ),
  };
}

function ofNobody({ seizures, heap }: SeizedCall): Evidence {
  const counts = [
    ...seizures.flatMap(({ memories }) => memories.flatMap(({ ofDecoys }) => ofDecoys)),
    ...heap.ofDecoys,
  ];
  return {
    tried:
      'Random values of a key’s size were looked for in the same memories and heap snapshots in the same way.',
    proofs: [
      {
        kind: 'count',
        what: 'searches that found such a value',
        found: counts.filter((count) => count > 0).length,
        of: counts.length,
      },
    ],
  };
}

/** No key is known here: whatever could be one in memory is tried on what was captured on the network. */
async function hopOpened(call: SeizedCall): Promise<Evidence> {
  const windowsWhen = call.seizures.map(({ when, memories }) => ({
    when,
    windows: memories.flatMap((memory) => memory.windows),
  }));
  const { windows = [] } = windowsWhen[0] ?? {};
  const streams = openWithAesKeys(call.wire, windows);
  const opening = new Set(streams.flatMap(({ key }) => (key === undefined ? [] : [hexOf(key)])));
  const authentic = sumOf(streams.map(({ opened }) => opened.length));
  const proofs: Proof[] = [
    {
      kind: 'count',
      what: 'captured packets that are authentic under a value from the media server’s memory',
      found: authentic,
      of: sumOf(streams.map(({ stream }) => stream.packets.length)),
    },
  ];
  for (const { stream, opened } of uplinksOf(streams)) {
    const heard = (await recoverAsOpus(opened)).pcm;
    for (const { speaker, otherSpeaker: notSpeaker } of call.people) {
      const what = `stream ${stream.ssrc.toString(16)} opened that way, searched for ${speaker}`;
      proofs.push({ kind: 'audio', what, speaker, notSpeaker, heard });
    }
  }
  return {
    tried:
      'Everything in the media server’s memory that looks as random as a key, while people talked, was tried on what had been captured on the network.',
    proofs,
    obtained: {
      'values that could be keys': windows.length,
      'captured packets that one of them opens': authentic,
      ...Object.fromEntries(
        windowsWhen.map(({ when, windows: then }) => [
          `keys that open the capture, in memory ${when}`,
          then.filter((key) => opening.has(hexOf(key))).length,
        ]),
      ),
    },
    artefacts: [{ name: 'wire.pcap', content: writePcap(call.wire) }],
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
