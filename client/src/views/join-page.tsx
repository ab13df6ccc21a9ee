/** Before the call: who can hear it, who you are, which microphone, muted or not. */
import { displayName, limits } from '@earshot/protocol';
import { useState } from 'preact/hooks';
import type { Invite } from '../call/call-api.ts';
import { linkSecretState } from '../call/invite-link.ts';
import { formatPeople } from './format.ts';
import { proofOfLink } from './hearing.ts';
import { Icon } from './icons.tsx';
import { MicrophoneField, type MicrophoneFieldProps } from './microphone-field.tsx';
import { MuteButton } from './mute-button.tsx';
import { Page, PageHeading } from './page.tsx';
import { topologyWords } from './wording.ts';
import { WhoCanHear } from './who-can-hear.tsx';

export interface JoinPageProps extends Omit<MicrophoneFieldProps, 'isMuted'> {
  readonly isLab: boolean;
  readonly invite: Invite;
  /** How many are in the call now; undefined until the server has answered. */
  readonly participants: number | undefined;
  readonly initialName: string;
  readonly isMuted: boolean;
  readonly onMute: (isMuted: boolean) => void;
  readonly onJoin: (name: string) => void;
  readonly onHome: () => void;
}

export function JoinPage(props: JoinPageProps) {
  const { isLab, invite, participants, initialName, isMuted, onMute, onJoin, onHome } = props;
  const [name, setName] = useState(initialName);
  const [isNameRefused, setNameRefused] = useState(false);

  const linkSecret = linkSecretState(invite);

  return (
    <Page title="Join a call" isLab={isLab} kind="join" onHome={onHome}>
      <form
        class="join-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.querySelector('input');
          // Not the state: whoever types fast has sent the form before what they typed is drawn.
          const accepted = displayName.safeParse(field?.value);
          if (accepted.success) {
            onJoin(accepted.data);
            return;
          }
          setNameRefused(true);
          field?.focus();
        }}
      >
        <PageHeading>Join the call</PageHeading>
        <p class="lead" role="status" data-testid="participants" data-count={participants}>
          {presence(participants)}
        </p>
        {linkSecret === 'missing' && (
          <div class="notice notice-problem" data-testid="secret-missing">
            <Icon name="warning" />
            <p>
              <strong>This link came without its secret.</strong> You can join others who have it
              like this. Until you have compared safety codes with them, the server could be in
              between. Better: ask for the whole link.
            </p>
          </div>
        )}
        <div class="field">
          <label for="name">Your name</label>
          <input
            id="name"
            name="name"
            data-testid="name"
            autocomplete="nickname"
            required
            maxLength={limits.nameChars}
            value={name}
            aria-invalid={isNameRefused}
            aria-describedby="name-hint"
            onInput={(event) => {
              setName(event.currentTarget.value);
              setNameRefused(false);
            }}
          />
          <p id="name-hint" class={isNameRefused ? 'hint hint-problem' : 'hint'}>
            {isNameRefused ? nameProblem(name) : 'The others in the call see it.'}
          </p>
        </div>
        <MicrophoneField {...props} />
        <div class="join-actions">
          <MuteButton isMuted={isMuted} onToggle={() => onMute(!isMuted)} />
          <button type="submit" class="button button-primary" data-testid="join">
            Join
            <Icon name="arrow" />
          </button>
        </div>
      </form>
      <section class="join-hearing" aria-labelledby="hearing-heading">
        <h2 id="hearing-heading">Who can hear it</h2>
        <WhoCanHear mode={invite.mode} topology={invite.topology} proof={proofOfLink(linkSecret)} />
        <p class="quiet">
          {topologyWords[invite.topology].title}. {topologyWords[invite.topology].hint}
        </p>
      </section>
    </Page>
  );
}

function nameProblem(name: string): string {
  return name.trim() === ''
    ? 'Enter a name first, so that the others know who you are.'
    : 'This name holds characters that cannot be shown. Type it anew.';
}

function presence(participants: number | undefined): string {
  if (participants === undefined) return 'Asking the server about this call.';
  if (participants === 0) return 'Nobody is in it yet. You would be the first.';
  return participants === 1 ? '1 person is in it.' : `${formatPeople(participants)} are in it.`;
}
