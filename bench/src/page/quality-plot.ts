/** Opinion scores by loss, one line per kind of call, medians. */
import { axes } from '@earshot/intercept/lab/page/axes';
import { html, type Html } from '@earshot/intercept/lab/page/html';
import { niceScale } from '@earshot/intercept/lab/page/scale';
import type { Cell, FigureRow } from '../comparison.ts';
import { conditions, scoreFigures } from '../quality.ts';

const width = 440;
const height = 260;
const margin = { left: 82, right: 16, top: 10, bottom: 44 };
/** 1 is bad and 4.5 the best that the model gives; the axis shows both. */
const scores = [1, 4.5] as const;

interface Line extends Pick<Cell, 'mode' | 'topology'> {
  readonly points: readonly (readonly [lossPercent: number, score: number])[];
}

export function qualityPlot(figures: readonly FigureRow[]): Html | undefined {
  const lines = linesOf(figures).filter(({ points }) => points.length > 1);
  if (lines.length === 0) return undefined;
  const losses = lines.flatMap(({ points }) => points.map(([loss]) => loss));
  const [left, right, bottom] = [margin.left, width - margin.right, height - margin.bottom];
  const x = niceScale([0, ...losses], { place: [left, right], ticks: 6 });
  const y = niceScale(scores, { place: [bottom, margin.top], ticks: 6 });
  return html`<figure class="plot-figure">
    <figcaption>Opinion score (E-model, 1 to 4.5) by packet loss</figcaption>
    <svg
      class="plot"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Opinion score by packet loss"
    >
      ${axes({ x, y, left, right, bottom, gap: 8 })}
      <text x="${(margin.left + width) / 2}" y="${height - 8}" text-anchor="middle">
        packets lost, %
      </text>
      ${lines.map(({ mode, topology, points }) => {
        const path = points
          .map(
            ([loss, score], i) =>
              `${i === 0 ? 'M' : 'L'}${x.at(loss).toFixed(1)} ${y.at(score).toFixed(1)}`,
          )
          .join('');
        return html`<path class="curve of-${mode} in-${topology}" d="${path}" />${points.map(
            ([loss, score]) =>
              html`<circle
                class="dot of-${mode}"
                cx="${x.at(loss).toFixed(1)}"
                cy="${y.at(score).toFixed(1)}"
                r="3"
              />`,
          )}`;
      })}
    </svg>
    <ul class="legend">
      ${lines.map(
        ({ mode, topology }) =>
          html`<li><i class="swatch of-${mode} in-${topology}"></i>${topology} ${mode}</li>`,
      )}
    </ul>
  </figure>`;
}

function linesOf(figures: readonly FigureRow[]): Line[] {
  const byLoss = conditions
    .filter(({ jitterMs }) => jitterMs === 0)
    .flatMap(({ id, lossShare }) => {
      const row = figures.find((one) => one.id === scoreFigures.get(id)?.id);
      return row === undefined ? [] : [{ row, lossPercent: 100 * lossShare }];
    });
  return (byLoss[0]?.row.cells ?? []).map(({ mode, topology }) => ({
    mode,
    topology,
    points: byLoss.flatMap(({ row, lossPercent }) => {
      const cell = row.cells.find((one) => one.mode === mode && one.topology === topology);
      return cell?.summary === null || cell === undefined
        ? []
        : [[lossPercent, cell.summary.median] as const];
    }),
  }));
}
