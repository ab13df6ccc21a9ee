/** What the time from join to first audio went into: medians of the steps, one bar per kind of call. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import type { FigureRow } from '../comparison.ts';
import { joinSteps } from '../join.ts';
import { rowMargin, rowPlot, type RowPlace } from './row-plot.ts';

const rowHeight = 30;

interface Bar {
  readonly name: string;
  readonly lengths: readonly number[];
}

export function joinPlot(figures: readonly FigureRow[]): Html | undefined {
  const steps = Object.values(joinSteps).flatMap(
    ({ id }) => figures.find((row) => row.id === id) ?? [],
  );
  const bars = barsOf(steps);
  if (bars.length === 0) return undefined;
  const totals = bars.map(({ lengths }) => lengths.reduce((sum, length) => sum + length, 0));
  return rowPlot({
    caption: 'Where the time to first audio goes, medians of each step, ms',
    label: 'Join, step by step',
    ...{ values: totals, rowHeight, rows: bars, draw: barOf },
    legend: html`<ul class="legend">
      ${steps.map(({ title }, place) => html`<li><i class="step-${place}"></i>${title}</li>`)}
    </ul>`,
  });
}

function barsOf(steps: readonly FigureRow[]): Bar[] {
  return (steps[0]?.cells ?? []).flatMap(({ mode, topology }) => {
    const lengths = steps.flatMap(({ cells }) => {
      const cell = cells.find((one) => one.mode === mode && one.topology === topology);
      return cell?.summary === null || cell === undefined ? [] : [Math.max(0, cell.summary.median)];
    });
    return lengths.length === steps.length ? [{ name: `${topology} ${mode}`, lengths }] : [];
  });
}

function barOf({ name, lengths }: Bar, { top, at }: RowPlace): Html {
  const starts = lengths.map((_, i) =>
    lengths.slice(0, i).reduce((sum, length) => sum + length, 0),
  );
  return html`<text x="${rowMargin.left - 10}" y="${top + rowHeight / 2 + 4}" text-anchor="end"
      >${name}</text
    >${lengths.map((length, i) => {
      const from = at(starts[i] ?? 0);
      const to = at((starts[i] ?? 0) + length);
      return html`<rect
        class="step-${i}"
        x="${from.toFixed(1)}"
        y="${top + 5}"
        width="${(to - from).toFixed(1)}"
        height="${rowHeight - 10}"
      />`;
    })}`;
}
