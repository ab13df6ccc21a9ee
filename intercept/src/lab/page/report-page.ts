/** `index.html`: the matrix and every cell's evidence, from the verdicts alone. Opens from disk, without a server. */
import { keyingModes, topologies } from '@earshot/keying/mode';
import type { CellResult, Verdicts } from '../verdict-schema.ts';
import { cellAnchor, cellView } from './cell-view.ts';
import { chip } from './chip.ts';
import { html, Html } from './html.ts';
import { style } from './style.ts';

type Column = Pick<CellResult, 'mode' | 'topology'>;

export function reportPage(verdicts: Verdicts): string {
  const { attacks, cells } = verdicts;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Earshot: who could hear it</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow">Earshot interception lab</p>
          <h1>${headline(verdicts)}</h1>
          <p>
            Each square is an attack that was carried out on a running call: real speech went in,
            and what the attacker got out was compared with it. What had to come out follows from
            the table of keying modes.
          </p>
          ${factsOf(verdicts)} ${matrix(verdicts)}
          <p class="key">
            <span>${chip({ outcome: 'falls', isAsClaimed: true })} the attacker got it</span
            ><span
              >${chip({ outcome: 'resists', isAsClaimed: true })} the attacker got nothing of
              it</span
            ><span>Outlined: the attack or one of its controls did not come out as claimed.</span>
          </p>
        </header>
        <main>
          ${attacks.map(({ id, title, question, power }) => {
            const own = cells.filter(({ attack }) => attack === id);
            return html`<section id="${id}">
              <header>
                <p class="eyebrow">${id}, ${title}. With: ${power}.</p>
                <h2>${question}</h2>
              </header>
              ${own.map(cellView)}
            </section>`;
          })}
        </main>
        <footer>
          Computed by <code>npm run intercept</code>. The same in full:
          <a href="verdicts.json">verdicts.json</a>.
        </footer>
      </body>
    </html> `;
  return page.text;
}

function headline({ summary }: Verdicts): string {
  const { cells, asClaimed, unexpected, notRun } = summary;
  if (asClaimed === cells) return `All ${String(cells)} cells came out as the modes claim`;
  const parts = [
    unexpected > 0 ? `${String(unexpected)} came out otherwise than claimed` : '',
    notRun > 0 ? `${String(notRun)} could not be run` : '',
  ].filter((part) => part !== '');
  return `Of ${String(cells)} cells, ${parts.join(' and ')}`;
}

function factsOf({ startedAt, seconds, machine, extent }: Verdicts): Html {
  const { node, platform, cores, recogniser } = machine;
  const facts = [
    new Date(startedAt).toUTCString(),
    `${String(seconds)} s`,
    extent === 'full' ? 'whole catalogue' : `${extent} of the catalogue`,
    `Node ${node} on ${platform}, ${String(cores)} cores`,
    recogniser === null ? 'speech recogniser: not installed' : `speech recogniser: ${recogniser}`,
  ];
  return html`<ul class="facts">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

function matrix({ attacks, cells }: Verdicts): Html {
  const columns: Column[] = keyingModes
    .flatMap((mode) => topologies.map((topology) => ({ mode, topology })))
    .filter((column) => cells.some((cell) => isOf(cell, column)));
  const groups = keyingModes
    .map((mode) => ({ mode, span: columns.filter((column) => column.mode === mode).length }))
    .filter(({ span }) => span > 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Attacks by keying mode">
    <table class="matrix">
      <thead>
        <tr>
          <th></th>
          ${groups.map(({ mode, span }) => html`<th colspan="${span}" scope="colgroup">${mode}</th>`)}
        </tr>
        <tr>
          <th></th>
          ${columns.map(({ topology }) => html`<th class="of-topology" scope="col">${topology}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${attacks.map(
          ({ id, title }) =>
            html`<tr>
              <th scope="row">
                <a href="#${id}"><b class="id">${id}</b><span>${title}</span></a>
              </th>
              ${columns.map((column) => square(cells.find((cell) => cell.attack === id && isOf(cell, column))))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function square(cell: CellResult | undefined): Html {
  if (cell === undefined)
    return html`<td><span class="none" aria-label="does not apply">·</span></td>`;
  return html`<td>${chip({ ...cell, href: `#${cellAnchor(cell)}` })}</td>`;
}

function isOf(cell: Column, column: Column): boolean {
  return cell.mode === column.mode && cell.topology === column.topology;
}
