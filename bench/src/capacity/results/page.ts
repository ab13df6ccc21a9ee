/** `index.html` of a run: figures, curves and every table. Opens from disk, without a server. */
import { html, Html } from '@earshot/intercept/lab/page/html';
import { plotSvg } from '@earshot/intercept/lab/page/plot-svg';
import { style } from '@earshot/intercept/lab/page/style';
import { coreText } from '../parts/search-share.ts';
import { bounds } from '../parts/verdict.ts';
import { systemTable } from '../servers/forwarding-server.ts';
import type { CapacityRun } from './capacity-run.ts';
import {
  barsOf,
  comparedOf,
  isKept,
  othersShareOf,
  ratiosOf,
  summaryOf,
  type Bar,
} from './figures.ts';
import { forwardingPlots, growthPlots, type Plot } from './plots.ts';
import { forwardingTable, growthTable, joinsTable, remarks, type Table } from './tables.ts';

const ownStyle = `
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin: 1rem 0; }
.plots figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .8rem 1rem; }
.plots figcaption { color: var(--ink); font-weight: 600; margin-bottom: .4rem; }
.figures td { font-variant-numeric: tabular-nums; }
.matrix.figures thead th { white-space: normal; vertical-align: bottom; }
.matrix.figures thead th:first-child { text-align: left; }
.bars { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: .45rem; }
.bars b { font-weight: 400; }
.bars li { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; }
@media (max-width: 30rem) { .plots .plot { font-size: 17px; } }
@media (max-width: 46rem) { .matrix.figures tbody th span { display: inline; white-space: normal; } }
`;

export function capacityPage(run: CapacityRun): string {
  const { forwarding, growth, joins } = run;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Earshot: how much one core carries</title>
        <style>
          ${new Html(style + ownStyle)}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow">Earshot capacity</p>
          <h1>${headline(run)}</h1>
          <p>
            The same people, packets and connections on every server, one after the other in turns,
            each server on one core and all of the load on another. A consumer is one listener's
            copy of one speaker: 50 sealed Opus frames a second.
          </p>
          <ul class="facts">
            ${factsOf(run).map((fact) => html`<li>${fact}</li>`)}
          </ul>
          <ul class="bars">
            ${barsOf(run).map(barView)}
          </ul>
        </header>
        <main>
          ${
            forwarding.length > 0
              ? section(forwardingTable(run), forwardingPlots(run), forwardingText(run))
              : undefined
          }
          ${growth.length > 0 ? section(growthTable(run), growthPlots(run), growthText) : undefined}
          ${joins.length > 0 ? section(joinsTable(run), [], joinsText) : undefined}
        </main>
        <footer>
          Computed by <code>npm run capacity</code>. Every window in full:
          <a href="capacity.json">capacity.json</a>. What the numbers do not say: docs/capacity.md.
        </footer>
      </body>
    </html> `;
  return page.text;
}

const growthText =
  'Everybody speaks and hears all others, on a fresh server for each size: n people in a room are n × (n − 1) consumers.';
const joinsText =
  'Eight at a time open a socket, say hello, join a room of eight and stay. socket.io acknowledges with as ' +
  'many bytes and tells the room as much, and does nothing else.';

function forwardingText({ searchShare }: CapacityRun): string {
  return (
    `Rooms in which some speak and others listen. The number of speakers grows until more than ` +
    `${String(100 * bounds.lossShare)} % of the frames are lost or the slowest hundredth comes more than ` +
    `${String(bounds.addedP99Ms)} ms later than without a server; all of a server's processes have ` +
    `${coreText(searchShare)} for that. CPU time per packet is measured with the whole core. ` +
    `The curves show medians of all windows of the searches.`
  );
}

function headline(run: CapacityRun): string {
  const [bare, earshot] = (['bare', 'earshot'] as const).map((system) => {
    const result = run.forwarding.find((candidate) => candidate.system === system);
    return result === undefined ? undefined : comparedOf(result);
  });
  if (bare === undefined || earshot === undefined) return 'How much one core carries';
  const packets = ratiosOf(earshot.packetsPerCpuS, bare.packetsPerCpuS);
  const consumers = summaryOf(earshot.consumers);
  const perCpu =
    packets === undefined
      ? ''
      : `for a second of CPU, Earshot forwards ${packets.median.toFixed(2)} times what bare mediasoup does`;
  if (consumers === undefined || earshot.limits.some((limit) => limit !== 'server')) {
    return perCpu === '' ? 'How much one core carries' : `F${perCpu.slice(1)}`;
  }
  return `Earshot carries ${consumers.median.toFixed(0)} consumers on ${coreText(run.searchShare)}; ${perCpu}`;
}

function factsOf(run: CapacityRun): string[] {
  const { startedAt, seconds, extent, machine, janus } = run;
  const others = othersShareOf(run);
  return [
    new Date(startedAt).toUTCString(),
    `${extent} run, ${String(seconds)} s`,
    `${machine.cpu}, ${String(machine.coreCount)} cores: ${String(machine.cores.server)} serves, ${String(machine.cores.load)} loads`,
    `${machine.system}, Node ${machine.node}`,
    janus?.isThere === true ? `${systemTable.janus.title} ${janus.version}` : '',
    others === undefined
      ? ''
      : `other programs took ${(100 * others.median).toFixed(0)} % of the server's core`,
    ...remarks(run)
      .filter((text) => !text.startsWith('- Other'))
      .map((text) => text.slice(2)),
  ].filter((fact) => fact !== '');
}

function barView(bar: Bar): Html {
  const kept = isKept(bar);
  const look = kept === undefined ? 'unclear' : kept ? 'resists' : 'falls';
  const verdict = kept === undefined ? 'not decided' : kept ? 'kept' : 'not kept';
  const value =
    bar.value === undefined
      ? html`<b>${bar.remark}</b>`
      : html`<strong>${bar.value.toFixed(2)}</strong>`;
  return html`<li>
    <span class="chip ${look}">${verdict}</span>
    <span>${bar.text}: ${value}</span>
    <span class="soft small">at least ${bar.atLeast}</span>
  </li>`;
}

/** One point is no curve: the table has it. */
function hasCurve({ series }: Plot): boolean {
  return series.some(({ points }) => points.length > 1);
}

function section({ title, header, rows }: Table, plots: readonly Plot[], text: string): Html {
  return html`<section>
    <header>
      <h2>${title}</h2>
      <p>${text}</p>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table class="matrix figures">
        <thead>
          <tr>
            ${header.map((cell) => html`<th scope="col">${cell}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name = '', ...cells]) =>
              html`<tr>
                <th scope="row"><span>${name}</span></th>
                ${cells.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="plots">${plots.filter(hasCurve).map(plotSvg)}</div>
  </section>`;
}
