/** The explorer's results as lines of text. */
import { defenceDescriptions } from './defences.ts';
import type { E2eeAction } from './e2ee-attacker.ts';
import { e2eeGoals, goalRows } from './e2ee-goals.ts';
import type { E2eeState } from './e2ee-model.ts';
import { fallsOf, rowName, type DefenceRow, type HopResult } from './explorations.ts';
import type { SearchResult, Trace } from './search.ts';
import { describe } from './term.ts';

type Figures = Omit<SearchResult<unknown, unknown>, 'trace'>;

export function searchLine(result: SearchResult<unknown, unknown>): string {
  const found =
    result.trace === undefined ? 'holds' : `falls after ${result.trace.steps.length} messages`;
  return `${found}; ${figures(result)}`;
}

function figures({ states, transitions, depth, isExhaustive, elapsedMs }: Figures): string {
  const extent = isExhaustive ? 'all there are' : 'not all';
  return `${states} states (${extent}), ${transitions} transitions, depth ${depth}, ${Math.round(elapsedMs)} ms`;
}

export function hopLine({ mode, topology, power, messages, result }: HopResult): string {
  const heard = messages === undefined ? 'no' : `yes, after ${messages} messages`;
  const cell = `${mode} ${topology.padEnd(6)} ${power.padEnd(14)}`;
  return `${cell} ${heard}; ${figures(result)}`;
}

/** The table of docs/formal.md. */
export function defenceLines(rows: readonly DefenceRow[]): string[] {
  const titles = e2eeGoals.map((goal) => goalRows[goal].title);
  const widest = Math.max(...rows.map((row) => rowName(row).length));
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(widest), ...cells.map((cell, i) => cell.padEnd(titles[i]?.length ?? 0))].join(
      ' | ',
    );
  return [
    '',
    'what falls without a defence',
    line('taken away', titles),
    ...rows.map((row) => {
      const falls = fallsOf(row);
      return line(
        rowName(row),
        e2eeGoals.map((goal) => (falls.includes(goal) ? 'FALLS' : 'holds')),
      );
    }),
    ...Object.entries(defenceDescriptions).map(([name, text]) => `  without ${name}: ${text}`),
  ];
}

export function traceLines({ steps }: Trace<E2eeState, E2eeAction>): string[] {
  if (steps.length === 0) return ['the server says another mode than the link'];
  return steps.map(({ action }) => `relay -> ${action.to}: ${contentOf(action)}`);
}

function contentOf(action: E2eeAction): string {
  switch (action.kind) {
    case 'commit':
      return `Commit ${action.suite.name}, ${describe(action.commitment)}`;
    case 'dh-part':
      return describe(action.message);
    case 'reveal':
      return `${describe(action.dhPartInitiator)}, Confirm_I`;
    case 'confirm':
      return 'Confirm_R';
  }
}
