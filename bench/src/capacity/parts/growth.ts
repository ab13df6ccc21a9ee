/** What Earshot costs as calls grow: more rooms, or more people in one. A fresh server for every size. */
import type { Cores } from '../load/cores.ts';
import type { Load, LoadOptions } from '../load/load.ts';
import { consumersOf } from '../load/assembly.ts';
import type { Layout, Ready } from '../load/load-messages.ts';
import type { System } from '../servers/forwarding-server.ts';
import type { JudgedSample } from './forwarding.ts';
import { verdictOn } from './verdict.ts';

export interface GrowthOptions {
  readonly cores: Cores;
  readonly systems: readonly System[];
  readonly startLoad: (options: LoadOptions) => Promise<Load>;
  /** Rooms of `peoplePerRoom`, all of whom speak and hear the others. */
  readonly rooms: readonly number[];
  readonly peoplePerRoom: number;
  /** One room of so many. */
  readonly people: readonly number[];
  readonly settleMs: number;
  readonly windowMs: number;
  /** No further size begins later: `performance.now()`. */
  readonly deadlineMs: number;
  readonly onProgress: (line: string) => void;
}

export interface GrowthPoint {
  readonly by: 'rooms' | 'people';
  readonly size: number;
  readonly system: System;
  readonly ready: Ready;
  readonly sample: JudgedSample;
}

export async function measureGrowth(options: GrowthOptions): Promise<GrowthPoint[]> {
  const { rooms, people, peoplePerRoom, systems } = options;
  const sizes = [
    ...people.map((size) => ({ by: 'people' as const, size, rooms: 1, people: size })),
    ...rooms.map((size) => ({ by: 'rooms' as const, size, rooms: size, people: peoplePerRoom })),
  ];
  const points: GrowthPoint[] = [];
  for (const { by, size, ...counts } of sizes) {
    for (const system of systems) {
      if (performance.now() > options.deadlineMs) return points;
      const layout: Layout = { kind: 'meeting', ...counts };
      points.push({ by, size, system, ...(await measureSize(system, layout, options)) });
    }
  }
  return points;
}

async function measureSize(
  system: System,
  layout: Extract<Layout, { kind: 'meeting' }>,
  { cores, startLoad, settleMs, windowMs, onProgress }: GrowthOptions,
): Promise<Pick<GrowthPoint, 'ready' | 'sample'>> {
  const load = await startLoad({ system, layout, cores, controller: null });
  try {
    const { ready } = load;
    const speakers = layout.rooms * layout.people;
    const sample = await load.measure({ speakers, coreShare: 1, settleMs, windowMs });
    const verdict = verdictOn(sample);
    onProgress(
      `${system}: ${layout.rooms} x ${layout.people} people, ${consumersOf(layout)} consumers ${verdict}`,
    );
    return { ready, sample: { ...sample, verdict } };
  } finally {
    await load.close();
  }
}
