/** The curves of a run. */
import type { plotSvg } from '@earshot/intercept/lab/page/plot-svg';
import { summarize } from '../../statistics.ts';
import type { JudgedSample } from '../parts/forwarding.ts';
import type { GrowthPoint } from '../parts/growth.ts';
import { addedP99Ms, cpuMsPerThousand } from '../parts/verdict.ts';
import { systemTable, systems } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';

export type Plot = Parameters<typeof plotSvg>[0];
type Points = Plot['series'][number]['points'];

/** Beyond the knee delays grow without end: drawn as this. */
const delayCeilingMs = 60;

export function forwardingPlots({ forwarding }: CapacityRun): Plot[] {
  const curve = (yOf: (sample: JudgedSample) => number): Plot['series'] =>
    forwarding.map(({ system, searched }) => ({
      name: systemTable[system].title,
      points: mediansBy(
        searched.filter(({ forwarded }) => forwarded.lossShare < 1),
        ({ consumers }) => consumers,
        yOf,
      ),
    }));
  return [
    {
      title: `Added delay of the slowest hundredth, in ms (${delayCeilingMs} stands for more)`,
      ...axes('consumers', 'ms'),
      series: curve((sample) => Math.min(delayCeilingMs, addedP99Ms(sample))),
    },
    {
      title: 'Packets lost, in percent',
      ...axes('consumers', '%'),
      series: curve(({ forwarded }) => 100 * Math.max(0, forwarded.lossShare)),
    },
    {
      title: 'CPU of the server for 1000 packets, in ms',
      ...axes('consumers', 'ms'),
      series: curve(cpuMsPerThousand),
    },
    {
      title: 'Share of its core that the server uses, in percent',
      ...axes('consumers', '%'),
      series: curve(({ serverCpuMs, windowMs }) => (100 * serverCpuMs) / windowMs),
    },
  ];
}

export function growthPlots({ growth }: CapacityRun): Plot[] {
  const curve = (by: GrowthPoint['by'], yOf: (point: GrowthPoint) => number): Plot['series'] =>
    systems
      .map((system) => ({
        name: systemTable[system].title,
        points: mediansBy(
          growth.filter((point) => point.by === by && point.system === system),
          ({ size }) => size,
          yOf,
        ),
      }))
      .filter(({ points }) => points.length > 0);
  const coreShare = ({ sample }: GrowthPoint): number =>
    (100 * sample.serverCpuMs) / sample.windowMs;
  const enterCpuMs = ({ ready }: GrowthPoint): number => ready.setUpCpuMs / ready.people;
  const bytesEach = ({ ready }: GrowthPoint): number =>
    (ready.fullBytes - ready.emptyBytes) / ready.people / 2 ** 20;
  return [
    {
      title: 'One room: share of a core, in percent',
      ...axes('people in the room', '%'),
      series: curve('people', coreShare),
    },
    {
      title: 'Many rooms: share of a core, in percent',
      ...axes('rooms', '%'),
      series: curve('rooms', coreShare),
    },
    {
      title: 'One room: CPU of the server for each who enters, in ms',
      ...axes('people in the room', 'ms'),
      series: curve('people', enterCpuMs),
    },
    {
      title: 'Many rooms: memory for each who is there, in MiB',
      ...axes('rooms', 'MiB'),
      series: curve('rooms', bytesEach),
    },
  ];
}

function axes(xAxis: string, yAxis: string): Pick<Plot, 'style' | 'xAxis' | 'yAxis'> {
  return { style: 'line', xAxis, yAxis };
}

function mediansBy<T>(
  items: readonly T[],
  xOf: (item: T) => number,
  yOf: (item: T) => number,
): Points {
  const groups = Map.groupBy(items, xOf);
  return [...groups]
    .map(([x, group]): [number, number] => [x, summarize(group.map(yOf)).median])
    .toSorted(([a], [b]) => a - b);
}
