/** Everything that is known about the call, for those who look: who can hear, codes, counters, the link. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CallState, RemotePerson } from '../call/call-state.ts';
import { Connection, DroppedFrames, Protection } from './call-facts.tsx';
import { proofOfCall } from './hearing.ts';
import { Icon } from './icons.tsx';
import { InviteCard } from './invite-card.tsx';
import { SafetyCodeCard } from './safety-code.tsx';
import type { LetterKeys } from './shortcuts.ts';
import { WhoCanHear } from './who-can-hear.tsx';

export interface DetailsPanelProps {
  readonly state: CallState;
  readonly link: string;
  readonly onMatch: (person: RemotePerson) => void;
  readonly onDiffer: (person: RemotePerson) => void;
  readonly letterKeys: LetterKeys;
  readonly onLetterKeys: (letterKeys: LetterKeys) => void;
  readonly onClose: () => void;
}

export function DetailsPanel(props: DetailsPanelProps) {
  const { state, link, onMatch, onDiffer, letterKeys, onLetterKeys, onClose } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <section
      class="details"
      id="call-details"
      aria-labelledby="details-heading"
      data-testid="details-panel"
    >
      <div class="details-head">
        <h2 id="details-heading" ref={heading} tabIndex={-1}>
          Call details
        </h2>
        <button
          type="button"
          class="button button-icon"
          data-testid="close-details"
          aria-label="Close call details"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>

      {state.mode === 'e2ee' && (
        <Group title="Safety codes">
          <p class="quiet">
            Read the words to each other. The same on both screens: nobody sits in between, not even
            the server, and this browser remembers the other one as verified.
          </p>
          {!state.isRemembered && (
            <p class="notice" data-testid="not-kept">
              <Icon name="warning" />
              This browser keeps nothing for this site, as in some private windows: who is verified
              now is verified for this call only.
            </p>
          )}
          {state.people.length === 0 && <p>They appear when somebody joins.</p>}
          {state.people.map((person) => (
            <SafetyCodeCard
              key={person.id}
              person={person}
              onMatch={() => onMatch(person)}
              onDiffer={() => onDiffer(person)}
            />
          ))}
        </Group>
      )}

      <Group title="Who can hear it">
        <WhoCanHear mode={state.mode} topology={state.topology} proof={proofOfCall(state)} />
      </Group>

      <Group title="Protection">
        <Protection state={state} />
      </Group>

      <Group title="Dropped frames">
        <DroppedFrames state={state} />
      </Group>

      <Group title="Connection">
        <Connection state={state} />
      </Group>

      <Group title="Invite">
        <InviteCard link={link} secret={state.linkSecret} />
      </Group>

      <Group title="Keyboard">
        <p class="quiet">
          <kbd>Esc</kbd> closes these details.
        </p>
        <label class="switch">
          <input
            type="checkbox"
            data-testid="letter-keys"
            checked={letterKeys === 'on'}
            onChange={(event) => onLetterKeys(event.currentTarget.checked ? 'on' : 'off')}
          />
          <span>
            <kbd>M</kbd> mutes and unmutes
          </span>
        </label>
      </Group>
    </section>
  );
}

interface GroupProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Group({ title, children }: GroupProps) {
  return (
    <div class="details-group">
      <h3>{title}</h3>
      {children}
    </div>
  );
}
