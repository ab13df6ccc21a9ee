/** Every measured value of one figure: a row per mode and topology, a dot per run, a line at the median. Inline SVG. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import { niceScale } from '@earshot/intercept/lab/page/scale';
import type { Cell, FigureRow } from '../comparison.ts';

const width = 440;
const rowHeight = 26;
const margin = { left: 82, right: 16, top: 6, bottom: 34 };

/** Nothing where nothing was measured. */
export function stripPlot({ title, unit, cells }: FigureRow): Html | undefined {
  const measured = cells.filter(({ summary }) => summary !== null);
  const values = measured.flatMap((cell) => cell.values.filter((value) => value !== null));
  if (values.length === 0) return undefined;
  const scale = niceScale([0, ...values], { place: [margin.left, width - margin.right], ticks: 6 });
  const bottom = margin.top + measured.length * rowHeight;
  return html`<figure class="plot-figure">
    <figcaption>${unit === '' ? title : `${title}, ${unit}`}</figcaption>
    <svg
      class="plot"
      viewBox="0 0 ${width} ${bottom + margin.bottom}"
      role="img"
      aria-label="${title}"
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
      ${measured.map((cell, row) => rowOf(cell, { top: margin.top + row * rowHeight, at: scale.at }))}
    </svg>
  </figure>`;
}

function rowOf(
  { mode, topology, values, summary }: Cell,
  { top, at }: { readonly top: number; readonly at: (value: number) => number },
): Html | undefined {
  if (summary === null) return undefined;
  const middle = top + rowHeight / 2;
  const dots = values
    .filter((value) => value !== null)
    .map(
      (value) =>
        html`<circle class="dot of-${mode}" cx="${at(value).toFixed(1)}" cy="${middle}" r="3.5" />`,
    );
  return html`<text x="${margin.left - 10}" y="${middle + 4}" text-anchor="end"
      >${topology} ${mode}</text
    ><path
      class="range of-${mode}"
      d="M${at(summary.min).toFixed(1)} ${middle}H${at(summary.max).toFixed(1)}"
    />${dots}<path
      class="median of-${mode}"
      d="M${at(summary.median).toFixed(1)} ${middle - 9}v18"
    />`;
}
