/** The few figures that a run is asked for: medians, ratios paired window by window, and the project's bars. */
import { pairwise, ratio, summarize, type Summary } from '../../statistics.ts';
import { cpuMsPerThousand } from '../parts/verdict.ts';
import type { ForwardingResult } from '../parts/forwarding.ts';
import type { Knee } from '../parts/knee-search.ts';
import type { JoinsResult } from '../parts/joins.ts';
import { coreText } from '../parts/search-share.ts';
import { systemTable, type System } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';

/** What is measured in pairs; one for each pair. */
export interface Compared {
  readonly consumers: readonly number[];
  readonly limits: readonly Knee['limitedBy'][];
  /** Packets forwarded per second of CPU: the reciprocal of what one costs. */
  readonly packetsPerCpuS: readonly number[];
}

export interface Bar {
  readonly text: string;
  /** Median of the pairs; undefined where the run cannot tell. */
  readonly value: number | undefined;
  readonly atLeast: number;
  /** Why it cannot, or what weakens it. */
  readonly remark: string | undefined;
}

/** Earshot against bare mediasoup, on one core in one run. */
const bareAtLeast = 0.95;
const janusAtLeast = 1;

export function comparedOf({ knees, paired }: ForwardingResult): Compared {
  return {
    consumers: knees.map(({ best }) => best),
    limits: knees.map(({ limitedBy }) => limitedBy),
    packetsPerCpuS: paired.map((sample) => 1e6 / cpuMsPerThousand(sample)),
  };
}

/** Whether every search ended where the server did not keep up: only then can it be compared. */
export function isServerLimited({ knees }: ForwardingResult): boolean {
  return knees.every(({ limitedBy }) => limitedBy === 'server');
}

/** Of each, as often as it was measured; undefined where it was not. */
export function summaryOf(values: readonly number[]): Summary | undefined {
  return values.length === 0 ? undefined : summarize(values);
}

/** @returns undefined where there is nothing to pair */
export function ratiosOf(values: readonly number[], base: readonly number[]): Summary | undefined {
  const pairs = Math.min(values.length, base.length);
  return summaryOf(pairwise(values.slice(0, pairs), base.slice(0, pairs), ratio));
}

export function barsOf({ forwarding, searchShare }: CapacityRun): Bar[] {
  const earshot = forwarding.find(({ system }) => system === 'earshot');
  if (earshot === undefined) return [];
  const references: readonly (readonly [System, number])[] = [
    ['bare', bareAtLeast],
    ['janus', janusAtLeast],
  ];
  return references.flatMap(([system, atLeast]) => {
    const reference = forwarding.find((result) => result.system === system);
    if (reference === undefined) return [];
    const [own, other] = [comparedOf(earshot), comparedOf(reference)];
    const names = `Earshot / ${systemTable[system].title}`;
    return [
      {
        text: `${names}: consumers on ${coreText(searchShare)}`,
        atLeast,
        ...kneeRatio(own, other),
      },
      {
        text: `${names}: packets per second of CPU`,
        atLeast,
        value: ratiosOf(own.packetsPerCpuS, other.packetsPerCpuS)?.median,
        remark: 'no window without loss',
      },
    ];
  });
}

export function isKept({ value, atLeast }: Bar): boolean | undefined {
  return value === undefined ? undefined : value >= atLeast;
}

/** Share of the server's core that went to other programs, over all windows: how far to trust the rest. */
export function othersShareOf({ forwarding, growth }: CapacityRun): Summary | undefined {
  return summaryOf([
    ...forwarding.flatMap(({ searched, paired }) =>
      [...searched, ...paired].map(({ othersShare }) => othersShare),
    ),
    ...growth.map(({ sample }) => sample.othersShare),
  ]);
}

export interface JoinFigures {
  readonly perS: Summary;
  readonly cpuMs: Summary;
  /** Half of the arrivals take no longer. */
  readonly medianMs: Summary;
}

/** @throws RangeError for a result without runs */
export function joinFigures({ runs }: JoinsResult): JoinFigures {
  return {
    perS: summarize(runs.map((run) => (1000 * run.latenciesMs.length) / run.elapsedMs)),
    cpuMs: summarize(runs.map((run) => run.serverCpuMs / run.latenciesMs.length)),
    medianMs: summarize(runs.map((run) => summarize(run.latenciesMs).median)),
  };
}

function kneeRatio(own: Compared, other: Compared): Pick<Bar, 'value' | 'remark'> {
  const ratios = ratiosOf(own.consumers, other.consumers);
  if (ratios === undefined) return { value: undefined, remark: 'no search was finished' };
  return [...own.limits, ...other.limits].every((limit) => limit === 'server')
    ? { value: ratios.median, remark: undefined }
    : { value: undefined, remark: 'not every search ended at the server: see the table' };
}
