/** Runs an attack and its controls on one cell, and computes what came of it. */
import { modes } from '@earshot/keying/mode';
import type { CellFacts, Claim } from './attack.ts';
import type { Bundle } from './bundle.ts';
import type { Evidence } from './evidence.ts';
import type { Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import type { PlannedCell } from './plan.ts';
import type { RunContext } from './run-context.ts';
import { sentenceFor } from './sentence.ts';
import { isAsClaimed, judge } from './verdict.ts';
import type { CellResult, RunResult } from './verdict-schema.ts';

const defaultTimeoutMs = 90_000;

export interface CellRunnerOptions {
  readonly lab: Lab;
  readonly bundle: Bundle;
  /** Before each run: `the attack`, or the control's title. */
  readonly onRun: (planned: PlannedCell, title: string) => void;
}

interface PlannedRun {
  readonly id: string;
  readonly title: string;
  readonly claim: Claim;
  readonly timeoutMs: number;
  readonly run: (context: RunContext) => Promise<Evidence>;
}

/** @throws LabError `stopped`; whatever else goes wrong in a run is part of its result */
export async function runCell(
  planned: PlannedCell,
  options: CellRunnerOptions,
): Promise<CellResult> {
  const { attack, cell } = planned;
  const runs: RunResult[] = [];
  for (const run of runsOf(planned)) {
    options.onRun(planned, run.title);
    runs.push(await runOne(run, { planned, ...options }));
  }
  return {
    attack: attack.id,
    mode: cell.mode,
    topology: cell.topology,
    outcome: runs[0]?.outcome ?? 'not-run',
    isAsClaimed: runs.every((run) => run.isAsClaimed),
    runs,
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

async function runOne(
  { id, title, claim, timeoutMs, run }: PlannedRun,
  { planned, lab, bundle }: CellRunnerOptions & { readonly planned: PlannedCell },
): Promise<RunResult> {
  const { attack, cell } = planned;
  const startedAt = Date.now();
  const secondsSoFar = (): number => Math.round((Date.now() - startedAt) / 100) / 10;
  try {
    const evidence = await lab.run({ cell, timeoutMs }, run);
    const verdict = judge(evidence);
    const place = `${attack.id}.${cell.mode}/${cell.topology}/${id}`;
    const written = await bundle.write(place, { evidence, measures: verdict.measures });
    const notices = [...(evidence.notices ?? [])];
    return {
      id,
      title,
      claim,
      outcome: verdict.outcome,
      noticed: verdict.noticed ?? null,
      isAsClaimed: isAsClaimed(verdict, claim),
      seconds: secondsSoFar(),
      sentence: sentenceFor(evidence.tried, { measures: written.measures, notices }),
      notices,
      obtained: { ...evidence.obtained },
      plots: (evidence.plots ?? []).map(({ series, ...plot }) => ({
        ...plot,
        series: series.map(({ name, points }) => ({
          name,
          points: points.map(([x, y]): [number, number] => [x, y]),
        })),
      })),
      diffs: [...(evidence.diffs ?? [])],
      ...written,
      failure: null,
    };
  } catch (error) {
    if (error instanceof LabError && error.code === 'stopped') throw error;
    return {
      id,
      title,
      claim,
      outcome: 'not-run',
      noticed: null,
      isAsClaimed: false,
      seconds: secondsSoFar(),
      sentence: 'This could not be run.',
      measures: [],
      notices: [],
      obtained: {},
      plots: [],
      diffs: [],
      files: [],
      failure: failureOf(error),
    };
  }
}

function failureOf(error: unknown): NonNullable<RunResult['failure']> {
  const code = error instanceof LabError ? error.code : 'failed';
  const message = error instanceof Error ? error.message : String(error);
  return { code, message };
}
