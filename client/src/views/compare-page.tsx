/** The keying modes side by side: who can hear, and what else follows from where the keys are. */
import {
  keyingModes,
  modes,
  topologies,
  type KeyingMode,
  type ModeRow,
} from '@earshot/keying/mode';
import type { ComponentChildren } from 'preact';
import { Icon } from './icons.tsx';
import { ModeMark } from './mode-mark.tsx';
import { Page, PageHeading } from './page.tsx';
import { serverHearsWords, topologyWords } from './wording.ts';

export interface ComparePageProps {
  readonly isLab: boolean;
  /** Path of what was measured on this server's machine; undefined where nothing was. */
  readonly report: string | undefined;
  readonly onHome: () => void;
}

/** Safest first, as on the start page. */
const shown = keyingModes.toReversed();

interface Row {
  readonly title: string;
  readonly cell: (mode: ModeRow) => ComponentChildren;
}

const keepers: Readonly<Record<ModeRow['keysHeldBy'], string>> = {
  signaling: 'The server, as it relays them',
  hop: 'Each end of a connection: in a room, that is the server',
  endpoints: 'The people in the call only',
};

const rows: readonly Row[] = [
  ...topologies.map((topology): Row => ({
    title: `${topologyWords[topology].title}: who can hear it`,
    cell: ({ serverHears, whoCanHear }) => (
      <>
        <strong>{serverHearsWords[serverHears[topology]]}</strong>
        <span>{whoCanHear[topology]}</span>
      </>
    ),
  })),
  { title: 'Who holds the keys', cell: ({ keysHeldBy }) => keepers[keysHeldBy] },
  { title: 'What the server relays', cell: ({ inSignaling }) => inSignaling },
  {
    title: 'A key taken after the call opens a recording of it',
    cell: ({ forwardSecrecy }) =>
      topologies.every((topology) => forwardSecrecy[topology]) ? 'No' : 'Yes',
  },
  {
    title: 'You check that it is the right person',
    cell: ({ peersAuthenticated }) =>
      peersAuthenticated ? 'Yes, by the link, safety codes and contacts' : 'No',
  },
  {
    title: 'What remains to be seen',
    cell: ({ exposesSpeechPattern }) =>
      exposesSpeechPattern
        ? 'Who calls whom, when, how long and from where; and when and how loudly each speaks'
        : 'Who calls whom, when, how long and from where',
  },
];

export function ComparePage({ isLab, report, onHome }: ComparePageProps) {
  return (
    <Page title="Compare" isLab={isLab} kind="compare" onHome={onHome}>
      <div class="compare-head">
        <PageHeading>Three ways to keep a call</PageHeading>
        <p class="lead">
          The same call can be placed under each. They differ in who holds the keys, and so in who
          can listen.
        </p>
      </div>
      <div class="compare-scroll" tabIndex={0} role="region" aria-label="The modes side by side">
        <table class="compare-table" data-testid="compare-table">
          <thead>
            <tr>
              <td />
              {shown.map((mode) => (
                <th key={mode} scope="col">
                  <ModeMark mode={mode} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ title, cell }) => (
              <tr key={title}>
                <th scope="row">{title}</th>
                {shown.map((mode: KeyingMode) => (
                  <td key={mode} class={`mode-${mode}`}>
                    {cell(modes[mode])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="compare-report">
        {report === undefined ? (
          <>
            What each costs in time, bytes and work is measured by <code>npm run compare</code>.
          </>
        ) : (
          <a href={report} class="button button-primary" data-testid="compare-report">
            What each costs, measured here
            <Icon name="arrow" />
          </a>
        )}
      </p>
    </Page>
  );
}
