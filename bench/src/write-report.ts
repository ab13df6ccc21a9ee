/** A run's folder: everything measured as JSON, and the page that shows it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Comparison } from './comparison.ts';
import { comparePage } from './page/compare-page.ts';
import { style } from './page/style.ts';
import { qualitativeRows } from './qualitative.ts';
import type { Verdicts } from '@earshot/intercept/lab/verdict-schema';

export interface ReportOptions {
  readonly comparison: Comparison;
  readonly verdicts: Verdicts | undefined;
  /** Where reports are kept; this one gets a folder named by its time. */
  readonly outFolder: string;
}

/** @returns the report's page, absolute. */
export function writeReport({ comparison, verdicts, outFolder }: ReportOptions): string {
  const name = `compare-${comparison.startedAt.replaceAll(/[:.]/g, '-')}`;
  const folder = path.resolve(outFolder, name);
  const qualitative = qualitativeRows(comparison.modes, verdicts);
  const page = path.join(folder, 'index.html');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'compare.json'),
    `${JSON.stringify({ ...comparison, qualitative }, undefined, 2)}\n`,
  );
  writeFileSync(path.join(folder, 'style.css'), style);
  writeFileSync(page, comparePage({ comparison, qualitative }));
  return page;
}
