/** Runs an attack and its controls on one cell, and computes what came of it. */
import { modes } from '@earshot/keying/mode';
import type { CellFacts, Claim } from './attack.ts';
import type { Evidence } from './evidence.ts';
import type { Examiner, Findings } from './examiner.ts';
import type { Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import type { PlannedCell } from './plan.ts';
import type { RunContext } from './run-context.ts';
import { sentenceFor } from './sentence.ts';
import { isAsClaimed } from './verdict.ts';
import type { CellResult, RunResult } from './verdict-schema.ts';

const defaultTimeoutMs = 300_000;

export interface CellRunnerOptions {
  readonly lab: Lab;
  readonly examiner: Examiner;
  /** Before each run: `the attack`, or the control's title. */
  readonly onRun: (planned: PlannedCell, title: string) => void;
}

export interface PlayedCell {
  /** Judged and written down. Rejects with LabError `stopped` only: whatever else goes wrong in a run is part of its result. */
  readonly result: Promise<CellResult>;
}

interface PlannedRun {
  readonly id: string;
  readonly title: string;
  readonly claim: Claim;
  readonly timeoutMs: number;
  readonly run: (context: RunContext) => Promise<Evidence>;
}

/** What a run brought back, before anybody has looked at it. */
interface FinishedRun {
  readonly planned: PlannedRun;
  /** Relative to the bundles' folder. */
  readonly place: string;
  readonly seconds: number;
  readonly evidence: Evidence | { readonly failure: unknown };
}

/** @throws LabError `stopped` */
export async function runCell(
  planned: PlannedCell,
  options: CellRunnerOptions,
): Promise<CellResult> {
  const { result } = await playCell(planned, options);
  return result;
}

/**
 * Resolves as soon as the attack and its controls are over; what they brought back is examined meanwhile and afterwards.
 * @throws LabError `stopped`
 */
export async function playCell(
  planned: PlannedCell,
  options: CellRunnerOptions,
): Promise<PlayedCell> {
  const { attack, cell } = planned;
  const results: Promise<RunResult>[] = [];
  for (const run of runsOf(planned)) {
    options.onRun(planned, run.title);
    const result = examine(await perform(run, { planned, ...options }), options.examiner);
    // Looked at below, unless a later run is stopped.
    result.catch(() => undefined);
    results.push(result);
  }
  return {
    result: Promise.all(results).then((runs) => ({
      attack: attack.id,
      mode: cell.mode,
      topology: cell.topology,
      outcome: runs[0]?.outcome ?? 'not-run',
      isAsClaimed: runs.every((run) => run.isAsClaimed),
      runs,
    })),
  };
}

function runsOf({ attack, cell }: PlannedCell): PlannedRun[] {
  const facts: CellFacts = { ...cell, row: modes[cell.mode] };
  const timeoutMs = attack.timeoutMs ?? defaultTimeoutMs;
  return [
    { id: 'attack', title: attack.title, claim: attack.claim(facts), timeoutMs, run: attack.run },
    ...attack
      .controlsOf(facts)
      .map(({ proves, ...control }) => ({ timeoutMs, ...control, claim: proves })),
  ];
}

async function perform(
  run: PlannedRun,
  { planned, lab }: CellRunnerOptions & { readonly planned: PlannedCell },
): Promise<FinishedRun> {
  const { attack, cell } = planned;
  const startedAt = Date.now();
  const place = `${attack.id}.${cell.mode}/${cell.topology}/${run.id}`;
  let evidence: FinishedRun['evidence'];
  try {
    evidence = await lab.run({ cell, timeoutMs: run.timeoutMs }, run.run);
  } catch (failure) {
    throwIfStopped(failure);
    evidence = { failure };
  }
  return {
    planned: run,
    place,
    seconds: Math.round((Date.now() - startedAt) / 100) / 10,
    evidence,
  };
}

async function examine(finished: FinishedRun, examiner: Examiner): Promise<RunResult> {
  const { evidence, place } = finished;
  try {
    if ('failure' in evidence) throw evidence.failure;
    // Those of the controls would be the same words again.
    const hasWords = finished.planned.id === 'attack';
    const findings = await examiner.examine({ place, evidence, hasWords });
    return foundBy(finished, { evidence, findings });
  } catch (error) {
    throwIfStopped(error);
    return notRun(finished, error);
  }
}

function foundBy(
  { planned, seconds }: FinishedRun,
  { evidence, findings }: { readonly evidence: Evidence; readonly findings: Findings },
): RunResult {
  const { id, title, claim } = planned;
  const { outcome, noticed, measures, files } = findings;
  const notices = [...(evidence.notices ?? [])];
  return {
    ...{ id, title, claim, outcome, seconds, measures, files, notices },
    noticed: noticed ?? null,
    isAsClaimed: isAsClaimed(findings, claim),
    sentence: sentenceFor(evidence.tried, { measures, notices }),
    obtained: { ...evidence.obtained },
    plots: (evidence.plots ?? []).map(({ series, ...plot }) => ({
      ...plot,
      series: series.map(({ name, points }) => ({
        name,
        points: points.map(([x, y]): [number, number] => [x, y]),
      })),
    })),
    diffs: [...(evidence.diffs ?? [])],
    failure: null,
  };
}

function notRun({ planned, seconds }: FinishedRun, error: unknown): RunResult {
  const { id, title, claim } = planned;
  return {
    ...{ id, title, claim, outcome: 'not-run', noticed: null, isAsClaimed: false, seconds },
    sentence: 'This could not be run.',
    ...{ measures: [], notices: [], obtained: {}, plots: [], diffs: [], files: [] },
    failure: {
      code: error instanceof LabError ? error.code : 'failed',
      message: error instanceof Error ? error.message : String(error),
    },
  };
}

function throwIfStopped(error: unknown): void {
  if (error instanceof LabError && error.code === 'stopped') throw error;
}
