/** `index.html` of a comparison: what each mode promises, costs and keeps. Opens from disk, without a server. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import type { Comparison, FigureRow } from '../comparison.ts';
import { missingText, type FigureGroup } from '../figures.ts';
import type { QualitativeRow } from '../qualitative.ts';
import { barFigures, isKept, type Bar } from '../report.ts';
import { figureTable, partTable, wordTable } from './figure-table.ts';
import { joinPlot } from './join-plot.ts';
import { qualityPlot } from './quality-plot.ts';
import { stripPlot } from './strip-plot.ts';

export interface PageContent {
  readonly comparison: Comparison;
  readonly qualitative: readonly QualitativeRow[];
}

interface Section {
  readonly group: FigureGroup;
  readonly title: string;
  readonly how: string;
  /** Ids of figures whose every value is worth a plot. */
  readonly plotted: readonly string[];
}

const sections: readonly Section[] = [
  {
    group: 'join',
    title: 'From the click that joins to the first sound',
    how: "The newcomer of a call of two; times are the pages' own marks. In e2ee the handshake is over before the click: both agree on keys while the newcomer looks at the join page. What is left is the key to the frames, which comes beside the connection.",
    plotted: ['join-hears', 'join-heard'],
  },
  {
    group: 'delay',
    title: 'From mouth to ear',
    how: 'Chirps in the pauses of speech, timed where the microphone is captured and where the other side gives them out. The jitter buffer chooses its length anew in every call, in every mode alike; held at one length, what is left to differ is what the mode adds.',
    plotted: ['delay-mouth-to-ear', 'delay-held'],
  },
  {
    group: 'quality',
    title: 'Over a bad network',
    how: 'Call by call, by the same draws: packets lost is what was missing in the end. Made up: the share of what is played that the receiver had to invent. Rating and opinion score: the fullband E-model (ITU-T G.107.2) for Opus, whose constant bitrate, which e2ee asks for, costs some quality even without losses.',
    plotted: [],
  },
  {
    group: 'wire',
    title: 'On the wire',
    how: 'Datagrams with their IPv4 and UDP headers, on a good network; payloads and what the protection adds as the browser and the crypto worker count them. Forwarded payloads of one size tell nothing of what is said.',
    plotted: ['wire-per-packet'],
  },
  {
    group: 'cost',
    title: 'What it costs the machines',
    how: 'CPU time of each process per minute of call, and the private memory that it has in the call and did not have on the join page.',
    plotted: ['cost-renderer-cpu', 'cost-sfu-cpu'],
  },
  {
    group: 'ciphers',
    title: 'How many frames one core protects',
    how: "The product's own code on one core, frames of 80 bytes; a call sends 50 a second. In dtls nothing is protected besides the connection itself.",
    plotted: [],
  },
];

export function comparePage({ comparison, qualitative }: PageContent): string {
  const { modes, figures, bars, parts, missing } = comparison;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Earshot: keying modes compared</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="style.css" />
      </head>
      <body>
        <header>
          <p class="eyebrow">Earshot, keying modes compared</p>
          <h1>What each keying mode costs, and what it buys</h1>
          <p>
            The same call between two browsers on one machine, placed under every mode, directly and
            in a room. Medians over ${comparison.runs} ${comparison.runs === 1 ? 'run' : 'runs'},
            least and most below them; against dtls of the same run.
          </p>
          ${factsOf(comparison)} ${barList(bars)}
        </header>
        <main>
          <section>
            <header><h2>Who can hear it, and what remains</h2></header>
            ${wordTable(qualitative, modes)}
          </section>
          ${sections.map((section) => sectionOf(section, figures, modes))}
          ${parts.map(
            (part) =>
              html`<section class="parts">
                <header><h2>${part.title}</h2></header>
                ${partTable(part)}
              </section>`,
          )}
          ${missing.length === 0 ? undefined : missingSection(missing)}
        </main>
        <footer>
          Computed by <code>npm run compare</code>. Every value:
          <a href="compare.json">compare.json</a>.
        </footer>
      </body>
    </html> `;
  return page.text;
}

function sectionOf(
  { group, title, how, plotted }: Section,
  figures: readonly FigureRow[],
  modes: Comparison['modes'],
): Html | undefined {
  const own = figures.filter((row) => row.group === group);
  const table = figureTable(own, modes);
  if (table === undefined) return undefined;
  const plots = [
    group === 'join' ? joinPlot(own) : undefined,
    group === 'quality' ? qualityPlot(own) : undefined,
    ...own.filter(({ id }) => plotted.includes(id)).map(stripPlot),
  ].filter((plot) => plot !== undefined);
  return html`<section id="${group}">
    <header>
      <h2>${title}</h2>
      <p class="soft">${how}</p>
    </header>
    ${plots.length === 0 ? undefined : html`<div class="plots">${plots}</div>`} ${table}
  </section>`;
}

function factsOf({ startedAt, seconds, machine, extent }: Comparison): Html {
  const { node, platform, cpu, cores, loadBefore, loadAfter } = machine;
  const load = (values: readonly number[]): string => (values[0] ?? 0).toFixed(1);
  const facts = [
    new Date(startedAt).toUTCString(),
    `${seconds} s`,
    ...(extent === 'quick' ? ['quick: one short run'] : []),
    `${cores} cores, ${cpu}`,
    `Node ${node} on ${platform}`,
    `load ${load(loadBefore)} before, ${load(loadAfter)} after`,
  ];
  return html`<ul class="facts">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

function barList(bars: readonly Bar[]): Html | undefined {
  if (bars.length === 0) return undefined;
  return html`<ul class="bars">
    ${bars.map((bar) => {
      const kept = isKept(bar);
      return html`<li>
        <span class="chip ${kept ? 'resists' : 'falls'}">${kept ? 'kept' : 'not kept'}</span
        ><span>${bar.text} <span class="soft">${barFigures(bar)}</span></span>
      </li>`;
    })}
  </ul>`;
}

function missingSection(missing: Comparison['missing']): Html {
  return html`<section>
    <header><h2>What could not be measured</h2></header>
    <ul>
      ${missing.map((one) => html`<li>${missingText(one)}</li>`)}
    </ul>
  </section>`;
}
