import { expect, it } from 'vitest';
import type { ForwardingResult, JudgedSample } from '../parts/forwarding.ts';
import type { GrowthPoint } from '../parts/growth.ts';
import type { Knee } from '../parts/knee-search.ts';
import type { System } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';
import { barsOf, comparedOf, isKept, joinFigures, othersShareOf, ratiosOf } from './figures.ts';
import { capacityPage } from './page.ts';
import { forwardingPlots } from './plots.ts';
import { toText } from './tables.ts';

function windowOf(serverCpuMs: number): JudgedSample {
  const delays = { medianMs: 1, p99Ms: 3, lossShare: 0, expected: 1000 };
  return {
    ...{
      kind: 'sample',
      coreShare: 1,
      consumers: 400,
      windowMs: 1000,
      forwarded: delays,
      direct: delays,
      wrong: 0,
    },
    ...{ packets: 20_000, serverCpuMs, loadCpuMs: 100, othersShare: 0.02 },
    ...{ serverDrops: 0, loadDrops: 0, verdict: 'kept' },
  };
}

function resultOf(
  system: System,
  found: { knees: readonly number[]; cpuMs: readonly number[]; limitedBy?: Knee['limitedBy'] },
): ForwardingResult {
  const { limitedBy = 'server' } = found;
  return {
    ...{ system, searched: [], paired: found.cpuMs.map(windowOf) },
    ready: { kind: 'ready', people: 1, setUpMs: 1, setUpCpuMs: 1, emptyBytes: 1, fullBytes: 1 },
    knees: found.knees.map((best) => ({ best, limitedBy })),
  };
}

function runOf(forwarding: readonly ForwardingResult[]): CapacityRun {
  return {
    ...{ startedAt: '2026-01-01T00:00:00.000Z', seconds: 1, extent: 'full', forwarding },
    machine: {
      ...{ cpu: 'a <CPU>', coreCount: 2, cores: { server: 0, load: 1 } },
      ...{ system: 'Linux', node: 'v24', load: [0, 0] },
    },
    searchShare: { isLimited: false, ofCore: 1, reason: 'not root' },
    ...{ janus: { isThere: false, reason: 'not here' }, growth: [], joins: [], missing: ['joins'] },
  };
}

it('compares pair by pair, not median by median', () => {
  const run = runOf([
    resultOf('bare', { knees: [1000, 500, 800], cpuMs: [100, 200, 400] }),
    resultOf('earshot', { knees: [960, 480, 400], cpuMs: [110, 220, 200] }),
  ]);
  const [consumers, packets] = barsOf(run);
  expect(consumers?.value).toBeCloseTo(0.96);
  expect(packets?.value).toBeCloseTo(1 / 1.1);
  expect([consumers, packets].map((bar) => bar && isKept(bar))).toEqual([true, false]);
  expect(toText(run)).toContain('NOT KEPT: Earshot / bare mediasoup: packets');
});

it.each(['bare', 'earshot'] as const)(
  'decides nothing where the load was the limit of %s',
  (system) => {
    const run = runOf(
      (['bare', 'earshot'] as const).map((one) =>
        resultOf(one, {
          ...{ knees: [500], cpuMs: [100], limitedBy: one === system ? 'load' : 'server' },
        }),
      ),
    );
    const [consumers] = barsOf(run);
    expect(consumers?.value).toBeUndefined();
    expect(consumers && isKept(consumers)).toBeUndefined();
    expect(toText(run)).toContain('at least 500, the load was the limit');
    const carries = capacityPage(run).includes('Earshot carries');
    expect(carries).toBe(system === 'bare');
  },
);

it('names the share of a core that the servers had', () => {
  const controller = { version: 1, folder: '/cpu' } as const;
  const run: CapacityRun = {
    ...runOf([
      resultOf('bare', { knees: [500], cpuMs: [100] }),
      resultOf('earshot', { knees: [490], cpuMs: [100] }),
    ]),
    searchShare: { isLimited: true, ofCore: 0.35, controller },
  };
  expect(toText(run)).toContain('## Forwarded by 35 % of one core');
  expect(toText(run)).toContain(
    'kept: Earshot / bare mediasoup: consumers on 35 % of one core: 0.98',
  );
  expect(toText(run)).not.toContain('No server was limited');
  expect(capacityPage(run)).toContain('Earshot carries 490 consumers on 35 % of one core');
});

it('says why they had the whole core', () => {
  const text = toText(runOf([resultOf('earshot', { knees: [500], cpuMs: [100] })]));
  expect(text).toContain('## Forwarded by one core');
  expect(text).toContain('No server was limited to a share of its core: not root');
});

it('shows on the page what was left out, and nothing as markup', () => {
  const page = capacityPage(runOf([resultOf('earshot', { knees: [500], cpuMs: [100] })]));
  expect(page).toContain('Janus was left out: not here');
  expect(page).toContain('a &lt;CPU&gt;');
  expect(page).toContain('Nothing was measured of joins');
});

it('asks for as much as Janus, and 0.95 of bare mediasoup', () => {
  const knees = [
    ['bare', 1000],
    ['earshot', 950],
    ['janus', 951],
  ] as const;
  const run = runOf(
    knees.map(([system, best]) => resultOf(system, { knees: [best], cpuMs: [100] })),
  );
  expect(barsOf(run).map(({ atLeast }) => atLeast)).toEqual([0.95, 0.95, 1, 1]);
  expect(barsOf(run).map(isKept)).toEqual([true, true, false, true]);
});

it('tells what everybody who enters costs', () => {
  const { ready } = resultOf('earshot', { knees: [], cpuMs: [] });
  const grown = {
    ...ready,
    people: 4,
    setUpCpuMs: 80,
    emptyBytes: 2 ** 20,
    fullBytes: 3 * 2 ** 20,
  };
  const sample = windowOf(100);
  const point: GrowthPoint = { by: 'rooms', size: 2, system: 'earshot', ready: grown, sample };
  const text = toText({ ...runOf([]), growth: [point] });
  const row = text.split('\n').find((line) => line.includes('Earshot, 2 rooms of 2')) ?? '';
  expect(row.split('|').map((cell) => cell.trim())).toEqual([
    ...['', 'Earshot, 2 rooms of 2', '400', '10.0 %', '5.0', '3.0', '0.0 %', '20', '0.50', ''],
  ]);
  expect(text).not.toContain('Arrivals');
});

it('draws curves, and no points that stand alone', () => {
  const at = (consumers: number): JudgedSample => ({ ...windowOf(100), consumers });
  const pageOf = (searched: readonly JudgedSample[]): string =>
    capacityPage(runOf([{ ...resultOf('bare', { knees: [], cpuMs: [100] }), searched }]));
  expect(pageOf([at(200)])).not.toContain('<figure');
  expect(pageOf([at(200), at(400)])).toContain('<figure');
});

it('pairs what was measured as often', () => {
  expect(ratiosOf([2, 4, 100], [1, 1])?.median).toBe(3);
  expect(ratiosOf([], [1])).toBeUndefined();
});

it('packets per CPU second are the reciprocal of what one costs', () => {
  const { packetsPerCpuS } = comparedOf(resultOf('bare', { knees: [], cpuMs: [100] }));
  expect(packetsPerCpuS).toEqual([20_000 / 0.1]);
});

it('a bar that is met is kept', () => {
  const bar = { text: '', atLeast: 0.95, remark: undefined };
  expect([0.95, 0.949, undefined].map((value) => isKept({ ...bar, value }))).toEqual([
    ...[true, false, undefined],
  ]);
});

it('what others took is looked at in every window', () => {
  const busy = (othersShare: number): JudgedSample => ({ ...windowOf(1), othersShare });
  const result = {
    ...resultOf('bare', { knees: [], cpuMs: [] }),
    searched: [busy(0.1), busy(0.2)],
  };
  const { ready } = result;
  const point: GrowthPoint = { by: 'rooms', size: 1, system: 'bare', ready, sample: busy(0.4) };
  const run = { ...runOf([{ ...result, paired: [busy(0.3)] }]), growth: [point] };
  expect(othersShareOf(run)).toMatchObject({ min: 0.1, max: 0.4, runs: 4 });
  expect(toText(run)).toContain('Other programs took 25.0 % of the server');
  expect(toText(runOf([]))).not.toContain('Other programs');
});

it('joins are counted over all of a run', () => {
  const sizes = { request: 1, answer: 1, event: 1 };
  const times = { elapsedMs: 500, serverCpuMs: 8, clientCpuMs: 99, latenciesMs: [1, 2, 9, 30] };
  const { perS, cpuMs, medianMs } = joinFigures({ server: 'earshot', runs: [{ ...times, sizes }] });
  expect([perS, cpuMs, medianMs].map(({ median }) => median)).toEqual([8, 2, 5.5]);
});

it('gives no ratio of consumers where the layout had no more', () => {
  const run = runOf([
    resultOf('bare', { knees: [500], cpuMs: [100], limitedBy: 'layout' }),
    resultOf('earshot', { knees: [500], cpuMs: [100] }),
  ]);
  const text = toText(run);
  expect(text).toContain('at least 500, no more were there |       - |');
  expect(text).toMatch(/\| Earshot +\| +500 \| +- \|/);
  expect(text).toContain('NOT DECIDED: Earshot / bare mediasoup: consumers on one core: not every');
});

it('curves are of the searches alone, in order, without what heard nothing, and have a ceiling', () => {
  const at = (consumers: number, p99Ms: number, lossShare = 0): JudgedSample => {
    const sample = windowOf(100);
    return { ...sample, consumers, forwarded: { ...sample.forwarded, p99Ms, lossShare } };
  };
  const searched = [at(800, 500), at(200, 3), at(200, 5), at(900, 1, 1)];
  const result = { ...resultOf('bare', { knees: [], cpuMs: [100] }), searched };
  const [delays] = forwardingPlots(runOf([result]));
  expect(delays?.series[0]?.points).toEqual([
    [200, 3],
    [800, 60],
  ]);
});
