/** A run as tables for a terminal. */
import { toMarkdown, withRange, type PartReport } from '../../report.ts';
import type { Summary } from '../../statistics.ts';
import { coreText } from '../parts/search-share.ts';
import { cpuMsPerThousand } from '../parts/verdict.ts';
import { systemTable } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';
import {
  barsOf,
  comparedOf,
  isKept,
  isServerLimited,
  joinFigures,
  othersShareOf,
  ratiosOf,
  summaryOf,
  type Bar,
} from './figures.ts';

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const arrivalTitles = { earshot: 'Earshot', socketio: 'bare socket.io' } as const;
const limitTexts = { server: '', load: 'the load was the limit', layout: 'no more were there' };

export function toText(run: CapacityRun): string {
  const tables = [forwardingTable(run), growthTable(run), joinsTable(run)]
    .filter(({ rows }) => rows.length > 0)
    .map((table) => {
      const report: PartReport = { ...table, bars: [], data: undefined };
      return toMarkdown(report);
    });
  return [...tables, ...barsOf(run).map(barText), ...remarks(run), ''].join('\n');
}

export function forwardingTable({ forwarding, searchShare }: CapacityRun): Table {
  const bare = forwarding.find(({ system }) => system === 'bare');
  const base = bare === undefined ? undefined : comparedOf(bare);
  return {
    title: `Forwarded by ${coreText(searchShare)}`,
    header: [
      'server',
      'consumers, 1 % lost and 20 ms added at most',
      'to bare',
      'CPU ms per 1000 packets',
      'packets per CPU s, to bare',
    ],
    rows: forwarding.map((result) => {
      const { consumers, limits, packetsPerCpuS } = comparedOf(result);
      const notes = new Set(limits.map((limit) => limitTexts[limit]).filter((text) => text !== ''));
      const knees = ranged(summaryOf(consumers), 0);
      const areComparable = isServerLimited(result) && bare !== undefined && isServerLimited(bare);
      return [
        systemTable[result.system].title,
        notes.size === 0 ? knees : [`at least ${knees}`, ...notes].join(', '),
        areComparable ? ranged(ratiosOf(consumers, base?.consumers ?? []), 2) : '-',
        ranged(summaryOf(result.paired.map(cpuMsPerThousand)), 1),
        ranged(ratiosOf(packetsPerCpuS, base?.packetsPerCpuS ?? []), 2),
      ];
    }),
  };
}

export function growthTable({ growth }: CapacityRun): Table {
  return {
    title: 'As calls grow: everybody speaks and hears the others',
    header: [
      'server and rooms',
      'consumers',
      'of a core',
      'CPU ms per 1000 packets',
      'p99 ms',
      'lost',
      'CPU ms to enter, each',
      'MiB each',
    ],
    rows: growth.map(({ by, size, system, ready, sample }) => {
      const { people } = ready;
      const rooms = by === 'people' ? `1 room of ${size}` : `${size} rooms of ${people / size}`;
      return [
        `${systemTable[system].title}, ${rooms}`,
        String(sample.consumers),
        percent(sample.serverCpuMs / sample.windowMs),
        cpuMsPerThousand(sample).toFixed(1),
        sample.forwarded.p99Ms?.toFixed(1) ?? '-',
        percent(sample.forwarded.lossShare),
        (ready.setUpCpuMs / people).toFixed(0),
        ((ready.fullBytes - ready.emptyBytes) / people / 2 ** 20).toFixed(2),
      ];
    }),
  };
}

export function joinsTable({ joins }: CapacityRun): Table {
  return {
    title: 'Arrivals: a socket, hello, join',
    header: ['server', 'joins/s', 'server CPU ms each', 'ms from first to last word'],
    rows: joins.map((result) => {
      const { perS, cpuMs, medianMs } = joinFigures(result);
      return [arrivalTitles[result.server], ranged(perS, 0), ranged(cpuMs, 2), ranged(medianMs, 1)];
    }),
  };
}

/** `- kept: Earshot / Janus: consumers on one core: 1.2, at least 1` */
function barText(bar: Bar): string {
  const kept = isKept(bar);
  const verdict = kept === undefined ? 'NOT DECIDED' : kept ? 'kept' : 'NOT KEPT';
  const value = bar.value === undefined ? (bar.remark ?? '') : String(Number(bar.value.toFixed(3)));
  return `- ${verdict}: ${bar.text}: ${value}, at least ${bar.atLeast}`;
}

/** What has to be known beside the figures. */
export function remarks(run: CapacityRun): string[] {
  const others = othersShareOf(run);
  return [
    ...run.missing.map((part) => `- Nothing was measured of ${part}: the time was over`),
    ...(run.janus?.isThere === false ? [`- Janus was left out: ${run.janus.reason}`] : []),
    ...(run.searchShare?.isLimited === false
      ? [`- No server was limited to a share of its core: ${run.searchShare.reason}`]
      : []),
    ...(others === undefined
      ? []
      : [
          `- Other programs took ${percent(others.median)} of the server's core (${percent(others.min)} to ` +
            `${percent(others.max)}); load average ${run.machine.load.map((load) => load.toFixed(1)).join(' before, ')} after.`,
        ]),
  ];
}

function ranged(summary: Summary | undefined, digits: number): string {
  if (summary === undefined) return '-';
  return summary.runs === 1 ? summary.median.toFixed(digits) : withRange(summary, digits);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
