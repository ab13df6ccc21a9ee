/** Figures as a table: one row each, modes side by side, direct calls and rooms beside each other. */
import { html, type Html } from '@earshot/intercept/lab/page/html';
import { topologies, type KeyingMode, type Topology } from '@earshot/keying/mode';
import type { Cell, FigureRow } from '../comparison.ts';
import type { QualitativeRow } from '../qualitative.ts';
import type { TableReport } from '../report.ts';
import { comparedText } from '../terminal.ts';

interface Column {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export function figureTable(
  rows: readonly FigureRow[],
  modes: readonly KeyingMode[],
): Html | undefined {
  const shown = rows.filter(({ cells }) => cells.some(({ summary }) => summary !== null));
  if (shown.length === 0) return undefined;
  return scrollable(
    'Figures by keying mode',
    html`<table class="figures">
      ${head(modes)}
      <tbody>
        ${shown.map(
          (row) =>
            html`<tr>
              <th scope="row">
                ${row.title}${row.unit === '' ? undefined : html`<small>${row.unit}</small>`}
              </th>
              ${columnsOf(modes).map((column) => figureCell(row, column, modes))}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

export function wordTable(rows: readonly QualitativeRow[], modes: readonly KeyingMode[]): Html {
  return scrollable(
    'What each mode promises',
    html`<table class="figures words">
      ${head(modes)}
      <tbody>
        ${rows.map(
          ({ title, cells }) =>
            html`<tr>
              <th scope="row">${title}</th>
              ${columnsOf(modes).map((column) => {
                const cell = cells.find((one) => isOf(one, column));
                return html`<td class="${edgeOf(column, modes)}">${cell?.text}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

export function partTable({ title, header, rows }: TableReport): Html {
  return scrollable(
    title,
    html`<table class="figures">
      <thead>
        <tr>
          ${header.map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function head(modes: readonly KeyingMode[]): Html {
  return html`<thead>
    <tr>
      <th></th>
      ${columnsOf(modes).map(
        (column) =>
          html`<th scope="col" class="${edgeOf(column, modes)}">
            ${column.topology} ${column.mode}
          </th>`,
      )}
    </tr>
  </thead>`;
}

function figureCell(row: FigureRow, column: Column, modes: readonly KeyingMode[]): Html {
  const cell: Cell | undefined = row.cells.find((one) => isOf(one, column));
  const edge = edgeOf(column, modes);
  if (cell?.summary === null || cell === undefined) {
    return html`<td class="${edge}"><span class="none" aria-label="not measured">·</span></td>`;
  }
  const { median, min, max, runs } = cell.summary;
  const compared =
    cell.toDtls === null
      ? undefined
      : html`<small>${comparedText(cell.toDtls.median, row.versus, row.digits)} to dtls</small>`;
  const range =
    runs > 1
      ? html`<small>${min.toFixed(row.digits)} to ${max.toFixed(row.digits)}</small>`
      : undefined;
  return html`<td class="${edge}">
    <strong>${median.toFixed(row.digits)}</strong>${range}${compared}
  </td>`;
}

function columnsOf(modes: readonly KeyingMode[]): Column[] {
  return topologies.flatMap((topology) => modes.map((mode) => ({ mode, topology })));
}

/** A line where one topology ends and the next begins. */
function edgeOf({ mode }: Column, modes: readonly KeyingMode[]): string {
  return mode === modes[0] ? 'starts' : '';
}

function isOf(cell: Column, { mode, topology }: Column): boolean {
  return cell.mode === mode && cell.topology === topology;
}

function scrollable(label: string, content: Html): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    ${content}
  </div>`;
}
