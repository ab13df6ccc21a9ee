/** One square of the matrix in full: the attack with what it got, its controls beside it. */
import type { CellResult, RunResult } from '../verdict-schema.ts';
import { chip } from './chip.ts';
import { html, type Html } from './html.ts';
import { measureView } from './measure-view.ts';
import { plotSvg } from './plot-svg.ts';

export function cellAnchor({
  attack,
  mode,
  topology,
}: Omit<CellResult, 'outcome' | 'isAsClaimed' | 'runs'>): string {
  return `${attack}-${mode}-${topology}`;
}

export function cellView(cell: CellResult): Html {
  const [attack, ...controls] = cell.runs;
  if (attack === undefined) return html``;
  return html`<article class="cell" id="${cellAnchor(cell)}">
    <header>
      <h3>${cell.mode}, ${cell.topology === 'room' ? 'in a room' : 'direct'}</h3>
      ${chip(attack)}<span class="soft small">claimed: ${claimText(attack)}</span>
    </header>
    <div class="runs">
      <div class="run">${runBody(attack)}</div>
      <div class="controls">
        ${controls.map(
          (control) =>
            html`<div class="run">
              <h4>Control: ${control.title} ${chip(control)}</h4>
              ${runBody(control)}
            </div>`,
        )}
      </div>
    </div>
  </article>`;
}

function claimText({ claim }: RunResult): string {
  if (claim.noticed === undefined) return claim.outcome;
  return `${claim.outcome}, ${claim.noticed ? 'and is noticed' : 'and nobody is shown it'}`;
}

function runBody(run: RunResult): Html {
  return html`<p>${run.sentence}</p>
    ${run.failure === null ? undefined : html`<pre class="small">${run.failure.message}</pre>`}
    ${run.measures.map(measureView)} ${run.plots.map(plotSvg)} ${run.diffs.map(diffView)}
    ${detailsOf(run)}`;
}

function diffView({ title, before, after }: RunResult['diffs'][number]): Html {
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div class="diff">
      <pre>${before}</pre>
      <pre>${after}</pre>
    </div>
  </figure>`;
}

function detailsOf({ obtained, files, seconds }: RunResult): Html {
  const facts = Object.entries(obtained);
  return html`<details>
    <summary>What the attacker had, and ${files.length} files</summary>
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
      <dt>took</dt>
      <dd>${seconds} s</dd>
    </dl>
    <ul class="files">
      ${files.map((file) => html`<li><a href="${file.path}">${file.path.split('/').at(-1)}</a> ${sizeText(file.bytes)}<br /><code>sha256 ${file.sha256}</code></li>`)}
    </ul>
  </details>`;
}

function sizeText(bytes: number): string {
  return bytes < 10_000 ? `${String(bytes)} B` : `${String(Math.round(bytes / 1000))} kB`;
}
