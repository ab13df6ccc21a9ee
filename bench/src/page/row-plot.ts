/** A picture of rows over one axis of values, with the axis's numbers below. Inline SVG. */
import { numbersBelow } from '@earshot/intercept/lab/page/axes';
import { html, type Html } from '@earshot/intercept/lab/page/html';
import { niceScale, type Scale } from '@earshot/intercept/lab/page/scale';

const width = 440;
export const rowMargin = { left: 82, right: 16, top: 6, bottom: 34 } as const;

/** Where a row is drawn: its upper edge, and the place of a value. */
export interface RowPlace extends Pick<Scale, 'at'> {
  readonly top: number;
}

export interface RowPlotOptions<T> {
  readonly caption: string;
  readonly label: string;
  /** Decide how far the axis reaches; it begins at 0. */
  readonly values: readonly number[];
  readonly rows: readonly T[];
  readonly rowHeight: number;
  readonly draw: (row: T, place: RowPlace) => Html | undefined;
  readonly legend?: Html;
}

export function rowPlot<T>(options: RowPlotOptions<T>): Html {
  const { caption, label, values, rows, rowHeight, draw, legend } = options;
  const { left, right, top, bottom } = rowMargin;
  const x = niceScale([0, ...values], { place: [left, width - right], ticks: 6 });
  const end = top + rows.length * rowHeight;
  return html`<figure class="plot-figure">
    <figcaption>${caption}</figcaption>
    <svg class="plot" viewBox="0 0 ${width} ${end + bottom}" role="img" aria-label="${label}">
      ${x.ticks.map((tick) => html`<path class="axis" d="M${x.at(tick)} ${top}V${end}" />`)}
      ${numbersBelow(x, end)}
      ${rows.map((row, place) => draw(row, { top: top + place * rowHeight, at: x.at }))}
    </svg>
    ${legend}
  </figure>`;
}
