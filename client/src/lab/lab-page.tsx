/** "What the server sees": the verdict, what can be heard, who says how much, and every relayed message. */
import { Icon } from '../views/icons.tsx';
import { ModeMark } from '../views/mode-mark.tsx';
import { Page, PageHeading } from '../views/page.tsx';
import { topologyWords } from '../views/wording.ts';
import type { LabState, LinkState } from './lab-state.ts';
import { linkWords, relayedWords } from './lab-words.ts';
import { ListenPanel, type ListenPanelProps } from './listen-panel.tsx';
import { MessageList } from './message-list.tsx';

export function LabPage(props: ListenPanelProps) {
  const { state } = props;
  const { call, link } = state;
  return (
    <Page
      title="What the server sees"
      isLab={false}
      kind="lab"
      onHome={undefined}
      headerEnd={<LinkMark link={link} />}
    >
      <div class="lab-head">
        <PageHeading>What the server sees</PageHeading>
        {call === undefined ? (
          <p class="lead">{beginningWords(link)}</p>
        ) : (
          <>
            <p class="lab-kind">
              <ModeMark mode={call.mode} />
              <span class="quiet">{topologyWords[call.topology].title}</span>
            </p>
            <p class="lead">
              You are the operator. In this kind of call the server relays{' '}
              {relayedWords(call.mode, call.topology)}.
            </p>
          </>
        )}
      </div>
      {call !== undefined && (
        <div class="lab-columns">
          <ListenPanel {...props} />
          <MessageList state={state} />
        </div>
      )}
    </Page>
  );
}

function LinkMark({ link }: { readonly link: LinkState }) {
  return (
    <p class={`lab-link lab-link-${link}`} data-testid="lab-link-state" data-state={link}>
      <Icon name={link === 'live' ? 'server' : 'refresh'} />
      {linkWords[link]}
    </p>
  );
}

function beginningWords(link: LabState['link']): string {
  switch (link) {
    case 'connecting':
    case 'live':
      return 'Reading the record of this call.';
    case 'unknown-call':
      return 'The server has no call under this address, or has forgotten it. This page keeps looking.';
    case 'lost':
      return 'The server does not answer. This page tries again by itself.';
  }
}
