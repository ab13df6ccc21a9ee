/** The call: people, what is happening, the controls; details on demand. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallState } from '../call/call-state.ts';
import { CallStatus } from './call-status.tsx';
import { CopyLinkButton } from './copy-link-button.tsx';
import { DetailsPanel } from './details-panel.tsx';
import { callTitle } from './format.ts';
import { hearingOf, proofOfCall } from './hearing.ts';
import { HeldNotice } from './held-notice.tsx';
import { Icon } from './icons.tsx';
import { InviteCard } from './invite-card.tsx';
import { labPathOf } from './lab-link.ts';
import { ModeMark } from './mode-mark.tsx';
import { MuteButton } from './mute-button.tsx';
import { Page, PageHeading } from './page.tsx';
import { PersonTile, SelfTile } from './person-tile.tsx';
import { ProofNotice } from './proof-notice.tsx';
import { shortcutFor, toKeyPress, type LetterKeys } from './shortcuts.ts';
import { recall, remember } from './remembered.ts';
import { useAnnouncements } from './use-announcements.ts';

export interface CallPageProps {
  readonly state: CallState;
  /** The whole invite link. */
  readonly link: string;
  readonly onMute: (isMuted: boolean) => void;
  readonly onHangUp: () => void;
  readonly onCodesMatch: (personId: string) => void;
  readonly onCodesDiffer: (personId: string) => void;
  readonly onAcceptKey: (personId: string) => void;
}

export function CallPage(props: CallPageProps) {
  const { state, link, onMute, onHangUp, onCodesMatch, onCodesDiffer, onAcceptKey } = props;
  const [areDetailsOpen, setDetailsOpen] = useState(false);
  const [letterKeys, setLetterKeys] = useState<LetterKeys>(
    recall('mute-key') === 'off' ? 'off' : 'on',
  );
  const detailsButton = useRef<HTMLButtonElement>(null);
  const spoken = useAnnouncements(state);

  const toggleMute = () => onMute(!state.isMuted);
  const closeDetails = () => {
    setDetailsOpen(false);
    detailsButton.current?.focus();
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      switch (shortcutFor(toKeyPress(event), letterKeys)) {
        case 'toggle-mute':
          toggleMute();
          return;
        case 'close-details':
          if (areDetailsOpen) closeDetails();
          return;
        case undefined:
          return;
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });

  const isConnecting = state.phase.kind === 'connecting';
  const { mode, topology } = state;
  // Nothing is on its way: it goes on when the person has decided.
  const isStopped = isConnecting && state.people.some(({ keying }) => keying.kind === 'held');
  const hearing = hearingOf({ mode, topology, proof: proofOfCall(state) });
  // One button for copying the link at a time: in the invitation, or else among the controls.
  const isInviting = state.phase.kind === 'waiting' && !areDetailsOpen;

  return (
    <Page
      title={callTitle(state)}
      isLab={state.isLab}
      kind="call"
      labHref={labPathOf(link)}
      onHome={undefined}
      headerEnd={
        <CallStatus
          phase={state.phase}
          joinedAt={state.joinedAt}
          words={isStopped ? 'Stopped' : undefined}
        />
      }
    >
      <div class={areDetailsOpen ? 'call call-with-details' : 'call'}>
        <div class="call-head">
          <PageHeading>
            <span class="visually-hidden">Call: </span>
            <ModeMark mode={state.mode} />
          </PageHeading>
          <p class="call-hearing">
            Who can hear: <span data-testid="call-hearing">{hearing.statement}</span>
          </p>
          <ProofNotice state={state} onCompare={() => setDetailsOpen(true)} />
          {state.phase.kind === 'reconnecting' && (
            <p class="notice notice-problem" data-testid="reconnecting">
              <Icon name="refresh" />
              {state.phase.cause === 'signaling'
                ? 'The server does not answer. Reconnecting; you may still hear each other.'
                : 'The sound stopped coming through. Reconnecting.'}
            </p>
          )}
          {state.isAudioBlocked && (
            // Any gesture anywhere resumes the sound; the button is the one that everybody finds.
            <button type="button" class="button button-primary" data-testid="resume-audio">
              <Icon name="ear" />
              Turn on the sound
            </button>
          )}
        </div>
        <div class="call-stage">
          {state.people.map((person) => (
            <HeldNotice
              key={person.id}
              person={person}
              onAccept={() => onAcceptKey(person.id)}
              onCompare={() => setDetailsOpen(true)}
              onHangUp={onHangUp}
            />
          ))}
          <ul class="people" aria-label="People in this call" data-count={state.people.length + 1}>
            {state.people.map((person) => (
              <PersonTile key={person.id} person={person} onCompare={() => setDetailsOpen(true)} />
            ))}
            <SelfTile
              name={state.selfName}
              level={state.selfLevel}
              isMuted={state.isMuted}
              phase={state.phase}
            />
          </ul>
          {isInviting && (
            <section class="call-invite" aria-labelledby="invite-heading">
              <h2 id="invite-heading">Nobody else is here yet. Share the link.</h2>
              <InviteCard link={link} secret={state.linkSecret}>
                <CopyLinkButton link={link} isPrimary />
              </InviteCard>
            </section>
          )}
        </div>
        {areDetailsOpen && (
          <DetailsPanel
            state={state}
            link={link}
            onMatch={({ id }) => onCodesMatch(id)}
            onDiffer={({ id }) => onCodesDiffer(id)}
            letterKeys={letterKeys}
            onLetterKeys={(choice) => {
              setLetterKeys(choice);
              remember('mute-key', choice);
            }}
            onClose={closeDetails}
          />
        )}
      </div>
      <div class="call-controls" role="group" aria-label="Call controls">
        <MuteButton
          isMuted={state.isMuted}
          shortcut={letterKeys === 'on' ? 'M' : undefined}
          onToggle={toggleMute}
        />
        {!isInviting && <CopyLinkButton link={link} />}
        <button
          type="button"
          class="button"
          ref={detailsButton}
          data-testid="details"
          aria-expanded={areDetailsOpen}
          aria-controls={areDetailsOpen ? 'call-details' : undefined}
          onClick={() => (areDetailsOpen ? closeDetails() : setDetailsOpen(true))}
        >
          <Icon name="details" />
          Details
        </button>
        <button type="button" class="button button-danger" data-testid="hang-up" onClick={onHangUp}>
          <Icon name="hang-up" />
          Hang up
        </button>
      </div>
      <p class="visually-hidden" role="log" aria-live="polite" data-testid="announcements">
        {spoken}
      </p>
    </Page>
  );
}
