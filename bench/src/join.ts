/** Time from joining to the first decoded audio, per mode and topology, and its ratio to `dtls`. */
import { keyingModes, topologies, type KeyingMode, type Topology } from '@earshot/keying/mode';
import { readMarks, type CallBench, type CallKind, type Marks } from './calls.ts';
import type { Bar, PartReport } from './report.ts';
import { withRange } from './report.ts';
import { pairwise, ratio, rotated, summarize } from './statistics.ts';

/** `e2ee` against `dtls`. */
const ratioAtMost = 1.15;

const directions = ['newcomer hears', 'newcomer is heard'] as const;
type Direction = (typeof directions)[number];

interface Series extends CallKind {
  readonly ms: Readonly<Record<Direction, number[]>>;
  /** Per run, milliseconds after the newcomer's `earshot:join`. */
  readonly marks: { readonly newcomer: object; readonly host: object }[];
}

export async function measureJoin(bench: CallBench, runs: number): Promise<PartReport> {
  const series = topologies.flatMap((topology) =>
    keyingModes.map((mode) => emptySeries(mode, topology)),
  );
  // Compiled code and open sockets are not what is compared.
  for (const topology of topologies) await measureOnce(bench, emptySeries('e2ee', topology));
  for (let run = 0; run < runs; run++) {
    for (const topology of topologies) {
      const ofTopology = series.filter((one) => one.topology === topology);
      for (const one of rotated(ofTopology, run)) await measureOnce(bench, one);
    }
    const latest = series.map(({ ms }) => Math.round(ms['newcomer hears'].at(-1) ?? Number.NaN));
    console.error(`join: run ${run + 1} of ${runs}: ${latest.join(' ')} ms`);
  }
  return toReport(series);
}

async function measureOnce(bench: CallBench, series: Series): Promise<void> {
  const { newcomer, host } = await bench.withCall(series, async (call) => ({
    newcomer: await readMarks(call.newcomer),
    host: await readMarks(call.host),
  }));
  const joinedAt = requireMark(newcomer, 'earshot:join');
  series.ms['newcomer hears'].push(requireMark(newcomer, 'earshot:first-audio') - joinedAt);
  series.ms['newcomer is heard'].push(requireMark(host, 'earshot:first-audio') - joinedAt);
  series.marks.push({ newcomer: since(newcomer, joinedAt), host: since(host, joinedAt) });
}

function toReport(series: readonly Series[]): PartReport {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  for (const one of series) {
    const { mode, topology } = one;
    const base = series.find((other) => other.topology === topology && other.mode === 'dtls');
    if (base === undefined) throw new Error('no dtls call');
    for (const direction of directions) {
      const ratios = summarize(pairwise(one.ms[direction], base.ms[direction], ratio));
      const isBase = mode === 'dtls';
      rows.push([
        `${topology} ${mode}, ${direction}`,
        withRange(summarize(one.ms[direction]), 0),
        isBase ? '1' : withRange(ratios, 2),
      ]);
      if (mode === 'e2ee') {
        bars.push({
          text: `${topology}, ${direction}: e2ee / dtls`,
          value: ratios.median,
          atMost: ratioAtMost,
        });
      }
    }
  }
  return {
    title: 'From join to first decoded audio',
    header: ['call', 'ms', 'ratio to dtls'],
    rows,
    bars,
    data: series,
  };
}

function emptySeries(mode: KeyingMode, topology: Topology): Series {
  return { mode, topology, ms: { 'newcomer hears': [], 'newcomer is heard': [] }, marks: [] };
}

function requireMark(marks: Marks, name: string): number {
  const atMs = marks.get(name);
  if (atMs === undefined) throw new Error(`the client has no mark ${name}`);
  return atMs;
}

function since(marks: Marks, startMs: number): object {
  return Object.fromEntries([...marks].map(([name, atMs]) => [name, Math.round(atMs - startMs)]));
}
