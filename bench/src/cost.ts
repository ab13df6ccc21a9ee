/** What a call costs the machines: CPU of each process per minute, and the memory that the call added. */
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '@earshot/intercept/stage/process-tree';
import type { CallBench } from './calls.ts';
import type { Figure, Readings } from './figures.ts';
import type { CallProbe } from './probe.ts';
import { rendererIds, usageOf, type ProcessUsage } from './process-usage.ts';

const cpu = { group: 'cost', unit: 'ms per minute', digits: 0, versus: 'ratio' } as const;
const memory = { group: 'cost', unit: 'MB', digits: 1, versus: 'difference' } as const;

const costFigures = {
  rendererCpu: { ...cpu, id: 'cost-renderer-cpu', title: 'CPU of one page' },
  serverCpu: { ...cpu, id: 'cost-server-cpu', title: 'CPU of the server' },
  sfuCpu: { ...cpu, id: 'cost-sfu-cpu', title: 'CPU of the media worker' },
  rendererMemory: {
    ...memory,
    id: 'cost-renderer-memory',
    title: 'Memory that the call added to one page',
  },
  serverMemory: {
    ...memory,
    id: 'cost-server-memory',
    title: 'Memory that the call added to server and media worker',
  },
} as const satisfies Record<string, Figure>;

/** What compiled code and first use cost is over by then. */
const settleMs = 1000;
const windowMs = { quick: 3000, full: 5000 };
const people = 2;

interface Usage {
  readonly renderers: ProcessUsage;
  readonly server: ProcessUsage;
  readonly sfu: ProcessUsage;
}

export function costProbe(extent: 'quick' | 'full'): CallProbe {
  return {
    part: 'cost',
    figures: Object.values(costFigures),
    start: async (bench) => {
      const idle = await usageNow(bench);
      return async () => {
        await sleep(settleMs);
        const before = await usageNow(bench);
        const startedAt = performance.now();
        await sleep(windowMs[extent]);
        const after = await usageNow(bench);
        return readingsOf({ idle, before, after, elapsedMs: performance.now() - startedAt });
      };
    },
  };
}

interface Moments {
  /** On the join page. */
  readonly idle: Usage;
  readonly before: Usage;
  readonly after: Usage;
  readonly elapsedMs: number;
}

function readingsOf({ idle, before, after, elapsedMs }: Moments): Readings {
  const perMinute = (of: (usage: Usage) => ProcessUsage): number =>
    ((of(after).cpuMs - of(before).cpuMs) * 60_000) / elapsedMs;
  const added = (of: (usage: Usage) => ProcessUsage): number =>
    (of(after).privateBytes - of(idle).privateBytes) / 1e6;
  const renderers = perMinute((usage) => usage.renderers);
  if (renderers < elapsedMs / 100) throw new Error(`${renderers} ms of CPU a minute is no call`);
  return new Map<Figure, number>([
    [costFigures.rendererCpu, renderers / people],
    [costFigures.serverCpu, perMinute((usage) => usage.server)],
    [costFigures.sfuCpu, perMinute((usage) => usage.sfu)],
    [costFigures.rendererMemory, added((usage) => usage.renderers) / people],
    [costFigures.serverMemory, added((usage) => usage.server) + added((usage) => usage.sfu)],
  ]);
}

async function usageNow({ browsers, stack }: CallBench): Promise<Usage> {
  const renderers = await Promise.all(browsers.map(rendererIds));
  const { pid } = stack.process;
  if (pid === undefined) throw new Error('the server has no process');
  return {
    renderers: usageOf(renderers.flat()),
    server: usageOf([pid]),
    sfu: usageOf(childrenOf(pid)),
  };
}
