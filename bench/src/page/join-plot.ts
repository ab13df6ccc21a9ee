/** What the time from join to first audio went into: medians of the steps, one bar per kind of call. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import { niceScale } from '@earshot/intercept/lab/page/scale';
import type { FigureRow } from '../comparison.ts';
import { joinSteps } from '../join.ts';

const width = 440;
const rowHeight = 30;
const margin = { left: 82, right: 16, top: 6, bottom: 34 };

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
  const scale = niceScale([0, ...totals], { place: [margin.left, width - margin.right], ticks: 6 });
  const bottom = margin.top + bars.length * rowHeight;
  return html`<figure class="plot-figure">
    <figcaption>Where the time to first audio goes, medians of each step, ms</figcaption>
    <svg
      class="plot"
      viewBox="0 0 ${width} ${bottom + margin.bottom}"
      role="img"
      aria-label="Join, step by step"
    >
      ${scale.ticks.map(
        (tick) =>
          html`<path class="axis" d="M${scale.at(tick)} ${margin.top}V${bottom}" /><text
              x="${scale.at(tick)}"
              y="${bottom + 16}"
              text-anchor="middle"
              >${tick}</text
            >`,
      )}
      ${bars.map((bar, row) => barOf(bar, { top: margin.top + row * rowHeight, at: (value) => scale.at(value) }))}
    </svg>
    <ul class="legend">
      ${steps.map(({ title }, place) => html`<li><i class="step-${place}"></i>${title}</li>`)}
    </ul>
  </figure>`;
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

function barOf(
  { name, lengths }: Bar,
  { top, at }: { readonly top: number; readonly at: (value: number) => number },
): Html {
  const starts = lengths.map((_, i) =>
    lengths.slice(0, i).reduce((sum, length) => sum + length, 0),
  );
  return html`<text x="${margin.left - 10}" y="${top + rowHeight / 2 + 4}" text-anchor="end"
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
