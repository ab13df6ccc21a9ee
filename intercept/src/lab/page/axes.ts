import { html, type Html } from './html.ts';
import type { Scale } from './scale.ts';

export interface AxesOptions {
  readonly x: Scale;
  readonly y: Scale;
  /** The plot's edges, in units of the picture. */
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** Between the numbers of the upright axis and the plot. */
  readonly gap: number;
}

/** A line and its number for each tick of `y`, and below the plot the numbers of `x`. */
export function axes({ x, y, left, right, bottom, gap }: AxesOptions): Html[] {
  const lines = y.ticks.map(
    (tick) =>
      html`<path class="axis" d="M${left} ${y.at(tick)}H${right}" /><text
          x="${left - gap}"
          y="${y.at(tick) + 4}"
          text-anchor="end"
          >${tick}</text
        >`,
  );
  return [...lines, ...numbersBelow(x, bottom)];
}

/** The numbers of `x`, below a plot that ends at `bottom`. */
export function numbersBelow(x: Scale, bottom: number): Html[] {
  return x.ticks.map(
    (tick) => html`<text x="${x.at(tick)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`,
  );
}
