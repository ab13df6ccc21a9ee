/** A plot as inline SVG, in the report's own colours. */
import type { RunResult } from '../verdict-schema.ts';
import { axes } from './axes.ts';
import { html, type Html } from './html.ts';
import { niceScale, type Scale } from './scale.ts';

type Plot = RunResult['plots'][number];
type Series = Plot['series'][number];

const width = 560;
const height = 240;
const margin = { left: 48, right: 12, top: 12, bottom: 40 };
const wantedTicks = 5;
const colours = 4;

export function plotSvg(plot: Plot): Html {
  const [left, right, bottom] = [margin.left, width - margin.right, height - margin.bottom];
  const points = plot.series.flatMap((series) => series.points);
  if (points.length === 0) return html`<p class="soft">${plot.title}: nothing to plot.</p>`;
  const x = niceScale(
    points.map(([value]) => value),
    { place: [left, right], ticks: wantedTicks },
  );
  const y = niceScale([0, ...points.map(([, value]) => value)], {
    place: [bottom, margin.top],
    ticks: wantedTicks,
  });
  const marks = plot.series.map((series, place) => marksOf(series, { plot, place, x, y }));
  return html`<figure>
    <figcaption>${plot.title}</figcaption>
    <svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${plot.title}">
      ${axes({ x, y, left, right, bottom, gap: 6 })}${marks}
      <text x="${(margin.left + width) / 2}" y="${height - 6}" text-anchor="middle">
        ${plot.xAxis}
      </text>
      <text x="12" y="${height / 2}" text-anchor="middle" transform="rotate(-90 12 ${height / 2})">
        ${plot.yAxis}
      </text>
    </svg>
    <ul class="legend">
      ${plot.series.map(({ name }, place) => html`<li><i style="background:${colourOf(place)}"></i>${name}</li>`)}
    </ul>
  </figure>`;
}

interface MarkOptions {
  readonly plot: Plot;
  readonly place: number;
  readonly x: Scale;
  readonly y: Scale;
}

function marksOf({ points }: Series, { plot, place, x, y }: MarkOptions): Html | Html[] {
  const colour = colourOf(place);
  switch (plot.style) {
    case 'line': {
      const path = points
        .map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${fixed(x.at(px))} ${fixed(y.at(py))}`)
        .join('');
      return html`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5" />`;
    }
    case 'dots':
      return points.map(
        ([px, py]) =>
          html`<circle cx="${fixed(x.at(px))}" cy="${fixed(y.at(py))}" r="1.8" fill="${colour}" />`,
      );
    case 'bars': {
      const count = plot.series.length;
      const most = Math.max(...plot.series.map((series) => series.points.length));
      const room = (width - margin.left - margin.right) / (most * count + most);
      const barWidth = Math.max(1, Math.min(28, room));
      return points.map(([px, py]) => {
        const left = x.at(px) + (place - count / 2) * barWidth;
        const top = y.at(py);
        return html`<rect
          x="${fixed(left)}"
          y="${fixed(top)}"
          width="${fixed(barWidth)}"
          height="${fixed(Math.max(0, y.at(0) - top))}"
          fill="${colour}"
        />`;
      });
    }
  }
}

function colourOf(place: number): string {
  return `var(--series-${String(place % colours)})`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
