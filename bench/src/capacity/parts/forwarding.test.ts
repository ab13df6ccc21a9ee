import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Load, LoadOptions } from '../load/load.ts';
import type { Sample } from '../load/load-messages.ts';
import type { System } from '../servers/forwarding-server.ts';
import { measureForwarding, type ForwardingOptions } from './forwarding.ts';

interface Window {
  readonly system: System;
  readonly speakers: number;
  readonly coreShare: number;
  readonly windowMs: number;
}

const controller = { version: 1, folder: '/cpu' } as const;
const layout = { kind: 'audience', rooms: 2, speakers: 40, listeners: 10 } as const;
const windowS = 3;
let clockMs = 0;

beforeEach(() => {
  clockMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Servers that keep so many speakers, and lose frames in such windows. */
function benchOf(given: {
  readonly keeps: Partial<Record<System, number>>;
  readonly loses?: (window: Window, place: number) => boolean;
}) {
  const windows: Window[] = [];
  const started: LoadOptions[] = [];
  const closed: System[] = [];
  const startLoad = (options: LoadOptions): Promise<Load> => {
    const { system } = options;
    started.push(options);
    const measure = ({ speakers, coreShare, windowMs }: Window): Promise<Sample> => {
      const window = { system, speakers, coreShare, windowMs };
      windows.push(window);
      clockMs += 1000 * windowS;
      const isLost = given.loses?.(window, windows.length) ?? false;
      const isLate = coreShare < 1 && speakers > (given.keeps[system] ?? Infinity);
      const fine = { medianMs: 1, p99Ms: 2, lossShare: 0, expected: 1000 };
      return Promise.resolve({
        ...{ kind: 'sample', consumers: 10 * speakers, coreShare, windowMs, direct: fine },
        forwarded: { ...fine, p99Ms: isLate ? 50 : 2, lossShare: isLost ? 0.5 : 0 },
        ...{ wrong: 0, packets: 1000, serverCpuMs: 1, loadCpuMs: 1, othersShare: 0 },
        ...{ serverDrops: 0, loadDrops: 0 },
      });
    };
    return Promise.resolve({
      system,
      ready: { kind: 'ready', people: 1, setUpMs: 1, setUpCpuMs: 1, emptyBytes: 1, fullBytes: 1 },
      measure: (command) => measure({ system, ...command }),
      close: () => {
        closed.push(system);
        return Promise.resolve();
      },
    });
  };
  const options: ForwardingOptions = {
    ...{ cores: { server: 0, load: 1 }, systems: ['bare', 'earshot'], layout, startLoad },
    searchShare: { isLimited: true, ofCore: 0.35, controller },
    ...{ searches: 2, pairs: 2, pairedSpeakers: 8, precision: 0.05 },
    ...{ settleMs: 1, windowMs: 10, pairWindowMs: 20, deadlineMs: Infinity },
    onProgress: () => undefined,
  };
  return { options, windows, started, closed };
}

const searched = (windows: readonly Window[], system: System): number[] =>
  windows.filter((one) => one.system === system && one.windowMs === 10).map((one) => one.speakers);

it('pairs have the whole core, searches their share', async () => {
  const { options, windows, started, closed } = benchOf({ keeps: { bare: 20, earshot: 30 } });
  const [bare, earshot] = await measureForwarding(options);
  expect(windows.slice(0, 4)).toEqual([
    { system: 'bare', speakers: 8, coreShare: 1, windowMs: 20 },
    { system: 'earshot', speakers: 8, coreShare: 1, windowMs: 20 },
    // The other one begins.
    { system: 'earshot', speakers: 8, coreShare: 1, windowMs: 20 },
    { system: 'bare', speakers: 8, coreShare: 1, windowMs: 20 },
  ]);
  expect(new Set(windows.slice(4).map(({ coreShare }) => coreShare))).toEqual(new Set([0.35]));
  expect(started.map((load) => load.controller)).toEqual([controller, controller]);
  expect([bare?.paired.length, earshot?.paired.length]).toEqual([2, 2]);
  expect(bare?.knees).toEqual(Array(2).fill({ best: 200, limitedBy: 'server' }));
  expect(earshot?.knees).toEqual(Array(2).fill({ best: 300, limitedBy: 'server' }));
  expect(closed.toSorted()).toEqual(['bare', 'earshot']);
});

it('without a controller everything has the whole core', async () => {
  const { options, windows, started } = benchOf({ keeps: {} });
  const searchShare = { isLimited: false, ofCore: 1, reason: 'not root' } as const;
  const [bare] = await measureForwarding({ ...options, searchShare });
  expect(new Set(windows.map(({ coreShare }) => coreShare))).toEqual(new Set([1]));
  expect(started.map((load) => load.controller)).toEqual([null, null]);
  expect(bare?.knees).toEqual(Array(2).fill({ best: 800, limitedBy: 'layout' }));
});

it('a search begins where pairs were measured and doubles, the next one at the knee and by a quarter', async () => {
  const { options, windows } = benchOf({ keeps: { bare: 20 } });
  await measureForwarding({ ...options, systems: ['bare'] });
  const levels = searched(windows, 'bare');
  expect(levels.slice(0, 4)).toEqual([8, 16, 32, 32]);
  const second = levels.indexOf(25);
  expect(levels.slice(second - 1, second + 2)).toEqual([20, 25, 25]);
});

it('searches advance in turns', async () => {
  const { options, windows } = benchOf({ keeps: { bare: 20, earshot: 20 } });
  await measureForwarding(options);
  const systems = windows.slice(4).map(({ system }) => system);
  const half = systems.length / 2;
  const alternating = (first: System, second: System): System[] =>
    Array.from({ length: half }, (_, i) => (i % 2 === 0 ? first : second));
  // The other one begins in the second search.
  expect([...new Set([systems.slice(0, 2).join(), systems.slice(-2).join()])]).toEqual([
    'bare,earshot',
    'earshot,bare',
  ]);
  expect(systems.slice(0, 8)).toEqual(alternating('bare', 'earshot').slice(0, 8));
});

it('windows with a loss make no pair, for any server', async () => {
  const { options, windows } = benchOf({
    ...{ keeps: {}, loses: ({ system }, place) => system === 'earshot' && place <= 2 },
  });
  const [bare, earshot] = await measureForwarding({ ...options, searches: 0 });
  expect(windows).toHaveLength(6);
  expect(bare?.paired).toHaveLength(2);
  expect(earshot?.paired.every(({ forwarded }) => forwarded.lossShare === 0)).toBe(true);
});

it('twice as many windows as pairs are tried', async () => {
  const { options, windows } = benchOf({ keeps: {}, loses: () => true });
  const [bare] = await measureForwarding({ ...options, searches: 0 });
  expect(windows).toHaveLength(8);
  expect(bare?.paired).toEqual([]);
});

it('nothing begins after the deadline, and a search that has not ended found nothing', async () => {
  const { options, windows } = benchOf({ keeps: { bare: 20, earshot: 20 } });
  const deadlineMs = 1000 * windowS * 9;
  const [bare] = await measureForwarding({ ...options, deadlineMs });
  expect(windows).toHaveLength(10);
  expect(bare?.searched).toHaveLength(3);
  expect(bare?.knees).toEqual([]);
  const late = benchOf({ keeps: {} });
  clockMs = 1;
  await measureForwarding({ ...late.options, deadlineMs: 0 });
  expect(late.windows).toEqual([]);
});

it('a load that fails closes all of them', async () => {
  const { options, closed } = benchOf({
    keeps: {},
    loses: () => {
      throw new Error('the load process ended');
    },
  });
  await expect(measureForwarding(options)).rejects.toThrow('the load process ended');
  expect(closed.toSorted()).toEqual(['bare', 'earshot']);
});
