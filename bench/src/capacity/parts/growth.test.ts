import { afterEach, expect, it, vi } from 'vitest';
import type { LoadOptions } from '../load/load.ts';
import type { MeasureCommand, Sample } from '../load/load-messages.ts';
import { measureGrowth, type GrowthOptions } from './growth.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Each window takes a second of the clock. */
function benchOf(lossShare = 0) {
  const steps: unknown[] = [];
  let clockMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs);
  const measure = ({ speakers, coreShare }: Omit<MeasureCommand, 'kind'>): Promise<Sample> => {
    steps.push({ speakers, coreShare });
    clockMs += 1000;
    const direct = { medianMs: 1, p99Ms: 2, lossShare: 0, expected: 1000 };
    return Promise.resolve({
      ...{ kind: 'sample', consumers: 1, coreShare, windowMs: 1, direct },
      forwarded: { ...direct, lossShare },
      ...{ wrong: 0, packets: 1000, serverCpuMs: 1, loadCpuMs: 1, othersShare: 0 },
      ...{ serverDrops: 0, loadDrops: 0 },
    });
  };
  const options: GrowthOptions = {
    ...{ cores: { server: 0, load: 1 }, systems: ['earshot', 'bare'] },
    startLoad: ({ system, layout, controller }: LoadOptions) => {
      steps.push({ system, layout, controller });
      return Promise.resolve({
        system,
        ready: { kind: 'ready', people: 1, setUpMs: 1, setUpCpuMs: 1, emptyBytes: 1, fullBytes: 1 },
        measure,
        close: () => {
          steps.push('closed');
          return Promise.resolve();
        },
      });
    },
    ...{ people: [3], rooms: [2], peoplePerRoom: 4, settleMs: 1, windowMs: 1 },
    ...{ deadlineMs: Infinity, onProgress: () => undefined },
  };
  return { options, steps };
}

it('every size has a server of its own, with its whole core, in which everybody speaks', async () => {
  const { options, steps } = benchOf();
  const points = await measureGrowth({ ...options, systems: ['earshot'] });
  const server = { system: 'earshot', controller: null };
  expect(steps).toEqual([
    { ...server, layout: { kind: 'meeting', rooms: 1, people: 3 } },
    { speakers: 3, coreShare: 1 },
    'closed',
    { ...server, layout: { kind: 'meeting', rooms: 2, people: 4 } },
    { speakers: 8, coreShare: 1 },
    'closed',
  ]);
  expect(points.map(({ by, size, sample }) => [by, size, sample.verdict])).toEqual([
    ['people', 3, 'kept'],
    ['rooms', 2, 'kept'],
  ]);
});

it('says of a window whether it was kept', async () => {
  const [point] = await measureGrowth(benchOf(0.5).options);
  expect(point?.sample.verdict).toBe('bent');
});

it('no size begins after the deadline', async () => {
  const { options, steps } = benchOf();
  const points = await measureGrowth({ ...options, deadlineMs: 1500 });
  expect(points.map(({ by, system }) => [by, system])).toEqual([
    ['people', 'earshot'],
    ['people', 'bare'],
  ]);
  expect(steps.filter((step) => step === 'closed')).toHaveLength(2);
});
