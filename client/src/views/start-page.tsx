/** The first page: choose how many, choose who can hear, create the call. */
import {
  keyingModes,
  modes,
  topologies,
  type KeyingMode,
  type Topology,
} from '@earshot/keying/mode';
import { useState } from 'preact/hooks';
import { EarshotDiagram } from './earshot-diagram.tsx';
import { Icon } from './icons.tsx';
import { ModeMark } from './mode-mark.tsx';
import { Page, PageHeading } from './page.tsx';
import { comparePath, identityPath } from './route.ts';
import { serverHearsWords, topologyWords } from './wording.ts';

export interface CallChoice {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}

export interface StartPageProps {
  readonly isLab: boolean;
  readonly isCreating: boolean;
  /** Why the last attempt failed, in words. */
  readonly problem: string | undefined;
  readonly onCreate: (choice: CallChoice) => void;
  readonly onHome: () => void;
  readonly onIdentity: () => void;
  readonly onCompare: () => void;
}

/** Safest first; the modes table lists them in the order of their history. */
const offered = keyingModes.toReversed();

export function StartPage(props: StartPageProps) {
  const { isLab, isCreating, problem, onCreate, onHome, onIdentity, onCompare } = props;
  const [mode, setMode] = useState<KeyingMode>('e2ee');
  const [topology, setTopology] = useState<Topology>('direct');

  return (
    <Page
      title={undefined}
      isLab={isLab}
      kind="start"
      onHome={onHome}
      headerEnd={
        <a
          class="header-link"
          href={identityPath}
          data-testid="to-identity"
          onClick={(event) => {
            event.preventDefault();
            onIdentity();
          }}
        >
          <Icon name="key" />
          Your key and contacts
        </a>
      }
    >
      <div class="start-promise">
        <PageHeading>Call someone, and know who can hear it.</PageHeading>
        <p class="lead">
          A voice call in your browser, by one link. Nothing to install, no account, and a plain
          answer to who is within earshot.
        </p>
      </div>
      <form
        class="start-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isCreating) onCreate({ mode, topology });
        }}
      >
        <fieldset>
          <legend>How many of you?</legend>
          <div class="segments">
            {topologies.map((option) => (
              <label class="segment" key={option}>
                <input
                  type="radio"
                  name="topology"
                  value={option}
                  checked={topology === option}
                  onChange={() => setTopology(option)}
                  data-testid={`topology-${option}`}
                />
                <Icon name={option === 'direct' ? 'pair' : 'people'} />
                <span>
                  <strong>{topologyWords[option].title}</strong>
                  <small>{topologyWords[option].hint}</small>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>Who may hear it?</legend>
          <div class="mode-cards">
            {offered.map((option) => (
              <ModeCard
                key={option}
                mode={option}
                topology={topology}
                isChosen={mode === option}
                onChoose={() => setMode(option)}
              />
            ))}
          </div>
        </fieldset>
        <p class="quiet start-compare">
          <a
            href={comparePath}
            data-testid="to-compare"
            onClick={(event) => {
              event.preventDefault();
              onCompare();
            }}
          >
            Compare the three side by side
          </a>
        </p>
        <div class="start-action">
          <button type="submit" class="button button-primary" data-testid="create-call">
            {isCreating ? 'Creating the call' : 'Create call'}
            <Icon name="arrow" />
          </button>
          <p class="quiet">You get a link to share. Whoever has it can join.</p>
        </div>
        <p class="problem" role="alert" data-testid="create-problem">
          {problem !== undefined && (
            <>
              <Icon name="warning" />
              {problem}
            </>
          )}
        </p>
      </form>
    </Page>
  );
}

interface ModeCardProps extends CallChoice {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function ModeCard({ mode, topology, isChosen, onChoose }: ModeCardProps) {
  const row = modes[mode];
  return (
    <label class={`mode-card mode-${mode}`}>
      <input
        type="radio"
        name="mode"
        value={mode}
        checked={isChosen}
        onChange={onChoose}
        data-testid={`mode-${mode}`}
      />
      <EarshotDiagram mode={mode} topology={topology} serverHears={row.serverHears[topology]} />
      <ModeMark mode={mode} />
      <strong class="mode-card-verdict">{serverHearsWords[row.serverHears[topology]]}</strong>
      <span class="mode-card-statement">{row.whoCanHear[topology]}</span>
    </label>
  );
}
