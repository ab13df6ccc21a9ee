/**
 * Consumers that a share of one core forwards to, and what each packet costs: the same rooms on every server,
 * in turns.
 */
import type { Cores } from '../load/cores.ts';
import type { Load, LoadOptions } from '../load/load.ts';
import type { Layout, Ready, Sample } from '../load/load-messages.ts';
import type { System } from '../servers/forwarding-server.ts';
import { rotated } from '../../statistics.ts';
import { kneeSearch, type Knee } from './knee-search.ts';
import type { SearchShare } from './search-share.ts';
import { bounds, verdictOn, type Verdict } from './verdict.ts';

export interface ForwardingOptions {
  readonly cores: Cores;
  readonly systems: readonly System[];
  readonly searchShare: SearchShare;
  readonly startLoad: (options: LoadOptions) => Promise<Load>;
  readonly layout: Extract<Layout, { kind: 'audience' }>;
  /** Searches, and paired windows at `pairedSpeakers`. */
  readonly searches: number;
  readonly pairs: number;
  readonly pairedSpeakers: number;
  readonly precision: number;
  readonly settleMs: number;
  readonly windowMs: number;
  /** Longer: proc(5) counts CPU in steps of 10 ms. */
  readonly pairWindowMs: number;
  /** Searches that have not ended by then have found nothing: `performance.now()`. */
  readonly deadlineMs: number;
  readonly onProgress: (line: string) => void;
}

export interface JudgedSample extends Sample {
  readonly verdict: Verdict;
}

export interface ForwardingResult {
  readonly system: System;
  readonly ready: Ready;
  /** One for each search, in consumers. */
  readonly knees: readonly Knee[];
  /** Every window of the searches. */
  readonly searched: readonly JudgedSample[];
  /** The windows at one level without loss; window i of every system was measured in the same minute. */
  readonly paired: readonly JudgedSample[];
}

interface Tested {
  readonly load: Load;
  readonly knees: Knee[];
  readonly searched: JudgedSample[];
  readonly paired: JudgedSample[];
  /** In speakers; the next search begins there. */
  lastBest: number | undefined;
}

/** Until a knee is known, and when another search begins at it. */
const [firstGrowth, laterGrowth] = [2, 1.25];
/** On a busy machine some windows are lost. */
const attemptsPerPair = 2;

export async function measureForwarding(options: ForwardingOptions): Promise<ForwardingResult[]> {
  const { cores, systems, layout, searchShare, startLoad, onProgress } = options;
  const controller = searchShare.isLimited ? searchShare.controller : null;
  await using opened = new AsyncDisposableStack();
  const tested: Tested[] = [];
  for (const system of systems) {
    const load = await startLoad({ system, layout, cores, controller });
    opened.defer(() => load.close());
    const { people, setUpMs } = load.ready;
    onProgress(
      `${system}: ${people} people in ${layout.rooms} rooms after ${setUpMs.toFixed(0)} ms`,
    );
    tested.push({ load, knees: [], searched: [], paired: [], lastBest: undefined });
  }
  await measurePairs(tested, options);
  for (let round = 0; round < options.searches; round++) {
    await searchInTurns(rotated(tested, round), options);
  }
  return tested.map(({ load, knees, searched, paired }) => ({
    ...{ system: load.system, ready: load.ready, knees, searched, paired },
  }));
}

/**
 * One level, well below the knee: what a packet costs while none is lost. With the whole core, as in a call: a server
 * that has to wait for its share finds more packets at each waking, and they would seem cheaper.
 */
async function measurePairs(tested: readonly Tested[], options: ForwardingOptions): Promise<void> {
  const { pairs, pairedSpeakers, pairWindowMs, deadlineMs } = options;
  const window = { ...options, coreShare: 1, windowMs: pairWindowMs };
  let found = 0;
  for (let attempt = 0; found < pairs && attempt < attemptsPerPair * pairs; attempt++) {
    if (performance.now() > deadlineMs) return;
    const samples = new Map<Tested, JudgedSample>();
    for (const one of rotated(tested, attempt)) {
      samples.set(one, await measureAt(one, pairedSpeakers, window));
    }
    // A server that was not let to its core read less than was sent.
    if ([...samples.values()].some(({ forwarded }) => forwarded.lossShare > bounds.lossShare))
      continue;
    for (const [one, sample] of samples) one.paired.push(sample);
    found++;
  }
}

/** One window of each search after the other, so that a busy minute of the machine weighs on all of them. */
async function searchInTurns(tested: readonly Tested[], options: ForwardingOptions): Promise<void> {
  const { layout, precision, searchShare } = options;
  const window = { ...options, coreShare: searchShare.ofCore };
  const most = layout.rooms * layout.speakers;
  const running = tested.map((one) => {
    const start = one.lastBest ?? options.pairedSpeakers;
    const growth = one.lastBest === undefined ? firstGrowth : laterGrowth;
    const search = kneeSearch({ start, most, growth, precision });
    return { one, search, step: search.next() };
  });
  while (running.some(({ step }) => step.done !== true)) {
    if (performance.now() > options.deadlineMs) return;
    for (const turn of running) {
      if (turn.step.done === true) continue;
      const sample = await measureAt(turn.one, turn.step.value, window);
      turn.one.searched.push(sample);
      turn.step = turn.search.next(sample.verdict);
      if (turn.step.done !== true) continue;
      const { best, limitedBy } = turn.step.value;
      turn.one.lastBest = Math.max(1, best);
      turn.one.knees.push({ best: best * layout.listeners, limitedBy });
    }
  }
}

async function measureAt(
  { load }: Tested,
  speakers: number,
  { coreShare, settleMs, windowMs, onProgress }: ForwardingOptions & { readonly coreShare: number },
): Promise<JudgedSample> {
  const sample = await load.measure({ speakers, coreShare, settleMs, windowMs });
  const verdict = verdictOn(sample);
  const { consumers, forwarded } = sample;
  const [core, loadCore] = [sample.serverCpuMs, sample.loadCpuMs].map((cpuMs) =>
    ((100 * cpuMs) / sample.windowMs).toFixed(0),
  );
  onProgress(
    `${load.system}: ${consumers} consumers ${verdict}: p99 ${forwarded.p99Ms?.toFixed(1) ?? 'none'} ms, ` +
      `${(100 * forwarded.lossShare).toFixed(2)} % lost, ${core} % of its core, ${loadCore} % of the load's`,
  );
  return { ...sample, verdict };
}
