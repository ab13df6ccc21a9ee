import { keyingModes, topologies } from '@earshot/keying/mode';
import type { Datagram, Endpoint } from '../dissect/pcap.ts';
import { rtpStreamsOf, type RtpStream } from '../dissect/rtp-streams.ts';
import { SignalingRecord } from '../tap/signaling-record.ts';
import { defineAttack } from '../lab/attack.ts';
import type { Evidence } from '../lab/evidence.ts';
import type { RecordedCall } from '../lab/recorded-call.ts';

/** What the operator's server and the network in front of it have of a call, keys and sound left aside. */
interface Traces {
  readonly record: SignalingRecord;
  readonly wire: readonly Datagram[];
}

export default defineAttack({
  id: 'M3',
  title: 'What remains',
  question: 'Who called whom, when, for how long and from where: does any mode hide it?',
  power: 'signaling-log',
  cells: keyingModes.flatMap((mode) => topologies.map((topology) => ({ mode, topology }))),
  quick: [{ mode: 'e2ee', topology: 'room' }],
  // No row of the table claims otherwise: no mode is about this.
  claim: () => ({ outcome: 'falls' }),
  run: async (context) => {
    const call = await context.recordedCall();
    return remaining(call, call);
  },
  controls: [
    {
      id: 'nothing-kept',
      title: 'the same look where nothing was kept and nobody captured',
      proves: { outcome: 'resists' },
      run: async (context) =>
        remaining(await context.recordedCall(), { record: new SignalingRecord(''), wire: [] }),
    },
  ],
});

/** @param call  what was true of it */
function remaining({ people }: RecordedCall, { record, wire }: Traces): Evidence {
  const streams = rtpStreamsOf(wire);
  const named = people.filter(({ id }) => record.messages.some(({ from }) => from === id));
  const { messages } = record;
  const obtained: Record<string, string | number> = { 'messages kept': messages.length };
  const [first] = messages;
  if (first !== undefined) obtained['call began'] = first.at;
  for (const { speaker, id } of named) {
    obtained[`messages of ${speaker}`] = messages.filter(({ from }) => from === id).length;
  }
  streams.forEach((stream, i) => {
    obtained[`stream ${String(i + 1)}`] = described(stream);
  });
  return {
    tried:
      'Everything that needs no key was read from the operator’s record and from the capture: the same in each mode, and shown rather than hidden.',
    proofs: [
      {
        kind: 'count',
        what: 'people of the call whom the record names, by the server’s id for them',
        found: named.length,
        of: people.length,
      },
      {
        kind: 'count',
        what: 'directions of the call of which begin, end and both addresses are known',
        found: Math.min(streams.length, people.length),
        of: people.length,
      },
    ],
    obtained,
    plots: [
      {
        title: 'Packets a second',
        style: 'line',
        xAxis: 'seconds since the first packet',
        yAxis: 'packets',
        series: streams.map((stream, i) => ({
          name: `stream ${String(i + 1)}`,
          points: perSecond(stream, streams[0]?.datagrams[0]?.atUs ?? 0),
        })),
      },
    ],
  };
}

function described({ from, datagrams }: RtpStream): string {
  const [first, last] = [datagrams[0], datagrams.at(-1)];
  if (first === undefined || last === undefined) return 'nothing';
  const seconds = ((last.atUs - first.atUs) / 1e6).toFixed(1);
  const bytes = datagrams.reduce((sum, { payload }) => sum + payload.length, 0);
  const began = new Date(first.atUs / 1000).toISOString();
  return `${written(from)} to ${written(first.to)}, from ${began} for ${seconds} s, ${String(datagrams.length)} packets, ${String(bytes)} bytes`;
}

function written({ address, port }: Endpoint): string {
  return `${address}:${String(port)}`;
}

function perSecond({ datagrams }: RtpStream, startUs: number): [number, number][] {
  const counts = Map.groupBy(datagrams, ({ atUs }) => Math.floor((atUs - startUs) / 1e6));
  return [...counts].map(([second, { length }]): [number, number] => [second, length]);
}
