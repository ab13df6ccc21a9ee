/** Every measured value of one figure: a row per mode and topology, a dot per run, a line at the median. Inline SVG. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import type { Cell, FigureRow } from '../comparison.ts';
import { rowMargin, rowPlot, type RowPlace } from './row-plot.ts';

const rowHeight = 26;

/** Nothing where nothing was measured. */
export function stripPlot({ title, unit, cells }: FigureRow): Html | undefined {
  const measured = cells.filter(({ summary }) => summary !== null);
  const values = measured.flatMap((cell) => cell.values.filter((value) => value !== null));
  if (values.length === 0) return undefined;
  return rowPlot({
    caption: unit === '' ? title : `${title}, ${unit}`,
    label: title,
    ...{ values, rowHeight, rows: measured, draw: rowOf },
  });
}

function rowOf({ mode, topology, values, summary }: Cell, { top, at }: RowPlace): Html | undefined {
  if (summary === null) return undefined;
  const middle = top + rowHeight / 2;
  const dots = values
    .filter((value) => value !== null)
    .map(
      (value) =>
        html`<circle class="dot of-${mode}" cx="${at(value).toFixed(1)}" cy="${middle}" r="3.5" />`,
    );
  return html`<text x="${rowMargin.left - 10}" y="${middle + 4}" text-anchor="end"
      >${topology} ${mode}</text
    ><path
      class="range of-${mode}"
      d="M${at(summary.min).toFixed(1)} ${middle}H${at(summary.max).toFixed(1)}"
    />${dots}<path
      class="median of-${mode}"
      d="M${at(summary.median).toFixed(1)} ${middle - 9}v18"
    />`;
}
