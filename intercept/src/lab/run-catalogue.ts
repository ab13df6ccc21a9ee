/** One run of the lab: every planned cell, its bundle, and the verdicts over all of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { powers } from './attack.ts';
import { playCell } from './cell-runner.ts';
import { Examiner } from './examiner.ts';
import type { Lab } from './lab.ts';
import type { PlannedCell } from './plan.ts';
import { findRecogniser } from './recogniser.ts';
import { reportPage } from './page/report-page.ts';
import {
  formatVersion,
  verdictSchema,
  verdictsSchema,
  type CellResult,
  type Verdicts,
} from './verdict-schema.ts';

export interface CatalogueRun {
  readonly lab: Lab;
  readonly planned: readonly PlannedCell[];
  readonly extent: Verdicts['extent'];
  /** Where runs are kept; this one gets a folder named by its time. */
  readonly outFolder: string;
  readonly onRun: (planned: PlannedCell, title: string) => void;
  readonly onCell: (result: CellResult) => void;
}

export interface FinishedRun {
  readonly verdicts: Verdicts;
  /** Absolute. */
  readonly folder: string;
}

/** Cells under way at a time: most of one is waiting. With more, calls on two cores would break up. */
const lanes = 2;

/** @throws LabError `stopped` */
export async function runCatalogue(run: CatalogueRun): Promise<FinishedRun> {
  const { planned, extent, outFolder } = run;
  const startedAt = new Date();
  const recogniser = findRecogniser();
  const name = startedAt.toISOString().replaceAll(/[:.]/g, '-');
  const folder = path.resolve(outFolder, name);
  const cells = await runCells(run, folder);
  const attacks = [...new Set(planned.map(({ attack }) => attack))];
  const verdicts = verdictsSchema.parse({
    format: formatVersion,
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    extent,
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      recogniser: recogniser?.name ?? null,
    },
    attacks: attacks.map(({ id, title, question, power }) => ({
      id,
      title,
      question,
      power: powers[power],
    })),
    cells,
    summary: summaryOf(cells),
  });
  writeJson(folder, { name: 'verdicts.json', content: verdicts });
  writeFileSync(path.join(folder, 'index.html'), reportPage(verdicts));
  return { verdicts, folder };
}

/** In the plan's order, whichever is done first. */
async function runCells(run: CatalogueRun, folder: string): Promise<CellResult[]> {
  const { lab, planned, onRun, onCell } = run;
  await using opened = new AsyncDisposableStack();
  const examiner = new Examiner({ folder });
  opened.defer(() => examiner.close());
  const finished: CellResult[] = [];
  const results = new Map<PlannedCell, Promise<CellResult>>();
  const finish = (result: CellResult): CellResult => {
    finished.push(result);
    writeVerdict(folder, finished.filter(isLike(result)));
    onCell(result);
    return result;
  };
  const queue = planned.values();
  const runLane = async (): Promise<void> => {
    for (const one of queue) {
      const { result } = await playCell(one, { lab, examiner, onRun });
      const shown = result.then(finish);
      // Awaited at the end, unless the lab is stopped before.
      shown.catch(() => undefined);
      results.set(one, shown);
    }
  };
  await Promise.all(Array.from({ length: lanes }, runLane));
  // Awaited here: the examiner closes when this block ends.
  return await Promise.all(planned.flatMap((one) => results.get(one) ?? []));
}

function summaryOf(cells: readonly CellResult[]): Verdicts['summary'] {
  const notRun = cells.filter(isNotRun).length;
  const asClaimed = cells.filter((cell) => cell.isAsClaimed).length;
  return { cells: cells.length, asClaimed, notRun, unexpected: cells.length - asClaimed - notRun };
}

/** Nothing came out otherwise than claimed, but something did not come out at all. */
function isNotRun({ runs }: CellResult): boolean {
  const failed = runs.filter(({ isAsClaimed }) => !isAsClaimed);
  return failed.length > 0 && failed.every(({ outcome }) => outcome === 'not-run');
}

/** Of one attack in one mode: there after each cell, so that a run that was stopped leaves what it found. */
function writeVerdict(folder: string, cells: readonly CellResult[]): void {
  const [first] = cells;
  if (first === undefined) return;
  const { attack, mode } = first;
  const content = verdictSchema.parse({ format: formatVersion, attack, mode, cells });
  const place = path.join(folder, `${attack}.${mode}`);
  mkdirSync(place, { recursive: true });
  writeJson(place, { name: 'verdict.json', content });
}

function isLike({ attack, mode }: CellResult): (cell: CellResult) => boolean {
  return (cell) => cell.attack === attack && cell.mode === mode;
}

function writeJson(
  folder: string,
  { name, content }: { readonly name: string; readonly content: unknown },
): void {
  writeFileSync(path.join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
}
