import { expect, it } from 'vitest';
import type { ForwardingResult, JudgedSample } from '../parts/forwarding.ts';
import type { Knee } from '../parts/knee-search.ts';
import type { System } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';
import { barsOf, isKept } from './figures.ts';
import { capacityPage } from './page.ts';
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

it('decides nothing where the load, not the server, was the limit', () => {
  const run = runOf([
    resultOf('bare', { knees: [500], cpuMs: [100], limitedBy: 'load' }),
    resultOf('earshot', { knees: [500], cpuMs: [100] }),
  ]);
  const [consumers] = barsOf(run);
  expect(consumers?.value).toBeUndefined();
  expect(consumers && isKept(consumers)).toBeUndefined();
  expect(toText(run)).toContain('at least 500, the load was the limit');
});

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
