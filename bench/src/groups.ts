/** What it costs a group when somebody joins or leaves: pairwise, as the product does it, and by MLS. */
import type { GroupChange, GroupCost } from './groups-cost.ts';
import { measureMls } from './groups-mls.ts';
import { measurePairwise } from './groups-pairwise.ts';
import type { BenchOptions } from './options.ts';
import type { PartReport } from './report.ts';
import { withRange } from './report.ts';
import { summarize } from './statistics.ts';

const sizes = { quick: [2, 5, 10], full: [2, 5, 10, 25, 50, 100] };

/** @returns what it took at each of `sizes` */
type MeasureGroup = (sizes: readonly number[]) => Promise<readonly GroupChange[]>;

const ways: Readonly<Record<string, MeasureGroup>> = {
  pairwise: measurePairwise,
  MLS: (sizes) => measureMls('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519', sizes),
};

export async function measureGroups({ runs, isQuick }: BenchOptions): Promise<PartReport> {
  // The first run of this arithmetic is several times slower: the engine compiles it meanwhile.
  for (const measure of Object.values(ways)) await measure([5]);
  const measured = isQuick ? sizes.quick : sizes.full;
  const changes: { readonly way: string; readonly ofSizes: readonly GroupChange[] }[] = [];
  for (let run = 0; run < runs; run++) {
    for (const [way, measure] of Object.entries(ways)) {
      console.error(`groups, run ${run + 1} of ${runs}: ${way}`);
      changes.push({ way, ofSizes: await measure(measured) });
    }
  }
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const [place, size] of measured.entries()) {
    for (const way of Object.keys(ways)) {
      const ofWay = changes.filter((one) => one.way === way);
      for (const change of ['join', 'leave'] as const) {
        const costs = ofWay.flatMap(({ ofSizes }) => ofSizes[place]?.[change] ?? []);
        rows.push([`${size}, ${change}`, way, ...cells(costs)]);
        data.push({ size, change, way, costs });
      }
    }
  }
  return {
    title: 'A change in a group: bytes to relay, milliseconds of CPU',
    header: ['members, change', 'way', 'bytes', 'newcomer, ms', 'busiest other, ms'],
    rows,
    bars: [],
    data,
  };
}

function cells(costs: readonly GroupCost[]): string[] {
  return [
    summarize(costs.map(({ bytes }) => bytes)).median.toFixed(0),
    withRange(summarize(costs.map(({ newcomerMs }) => newcomerMs)), 1),
    withRange(summarize(costs.map(({ memberMs }) => memberMs)), 1),
  ];
}
