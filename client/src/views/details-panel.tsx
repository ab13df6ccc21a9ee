/** Everything that is known about the call, for those who look: who can hear, codes, counters, the link. */
import { modes } from '@earshot/keying/mode';
import { rejections, type Rejection } from '@earshot/keying/errors';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CallState, RemotePerson } from '../call/call-state.ts';
import { formatCodec, formatCount, formatMilliseconds } from './format.ts';
import { Icon } from './icons.tsx';
import { InviteCard } from './invite-card.tsx';
import { SafetyCodeCard } from './safety-code.tsx';
import type { LetterKeys } from './shortcuts.ts';
import { WhoCanHear } from './who-can-hear.tsx';
import { rejectionWords, topologyWords } from './wording.ts';

export interface DetailsPanelProps {
  readonly state: CallState;
  readonly link: string;
  readonly isCompared: (person: RemotePerson) => boolean;
  readonly onMatch: (person: RemotePerson) => void;
  readonly onDiffer: (person: RemotePerson) => void;
  readonly letterKeys: LetterKeys;
  readonly onLetterKeys: (letterKeys: LetterKeys) => void;
  readonly onClose: () => void;
}

export function DetailsPanel(props: DetailsPanelProps) {
  const { state, link, isCompared, onMatch, onDiffer, letterKeys, onLetterKeys, onClose } = props;
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
            the server.
          </p>
          {state.people.length === 0 && <p>They appear when somebody joins.</p>}
          {state.people.map((person) => (
            <SafetyCodeCard
              key={person.id}
              person={person}
              isCompared={isCompared(person)}
              onMatch={() => onMatch(person)}
              onDiffer={() => onDiffer(person)}
            />
          ))}
        </Group>
      )}

      <Group title="Who can hear it">
        <WhoCanHear mode={state.mode} topology={state.topology} />
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
        <InviteCard link={link} holdsSecret={state.mode === 'e2ee'} />
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

interface StateProps {
  readonly state: CallState;
}

function Protection({ state: { mode, topology, details } }: StateProps) {
  return (
    <dl class="facts">
      <Fact name="Kind of call" testId="detail-mode">
        {modes[mode].title}
      </Fact>
      <Fact name="For" testId="detail-topology">
        {topologyWords[topology].title}
      </Fact>
      {mode !== 'dtls' && (
        <>
          <Fact name="Frames sealed with" testId="frame-suite">
            {breakable(details.frameSuite ?? 'not known yet')}
          </Fact>
          <Fact name="Frames sealed" testId="frames-sealed" value={details.framesSealed}>
            {formatCount(details.framesSealed)}
          </Fact>
        </>
      )}
      {mode === 'e2ee' && (
        <>
          <Fact name="Key generation" testId="key-generation" value={details.keyGeneration}>
            {details.keyGeneration ?? 'not known yet'}
          </Fact>
          <Fact name="Key step" testId="key-step" value={details.keyStep}>
            {details.keyStep ?? 'not known yet'}
          </Fact>
        </>
      )}
    </dl>
  );
}

/** Long names from the standards may break after an underscore. */
function breakable(name: string): ComponentChildren {
  return name.split(/(?<=_)/u).flatMap((part) => [part, <wbr key={part} />]);
}

function Connection({ state: { details } }: StateProps) {
  return (
    <dl class="facts">
      <Fact name="Codec" testId="codec">
        {formatCodec(details.codec)}
      </Fact>
      <Fact name="Round trip" testId="round-trip" value={details.roundTripMs}>
        {formatMilliseconds(details.roundTripMs)}
      </Fact>
      <Fact name="Jitter" testId="jitter" value={details.jitterMs}>
        {formatMilliseconds(details.jitterMs)}
      </Fact>
      <Fact name="Packets sent" testId="packets-sent" value={details.packetsSent}>
        {formatCount(details.packetsSent)}
      </Fact>
      <Fact name="Packets lost" testId="packets-lost" value={details.packetsLost}>
        {formatCount(details.packetsLost)}
      </Fact>
    </dl>
  );
}

function DroppedFrames({ state: { people, details } }: StateProps) {
  const received = rejections.filter((reason) => total(people, reason) > 0);
  const own = rejections.filter((reason) => (details.framesDropped[reason] ?? 0) > 0);
  if (received.length === 0 && own.length === 0) {
    return <p data-testid="dropped-none">None so far.</p>;
  }
  return (
    <>
      {received.length > 0 && (
        <>
          <h4>From others, not played</h4>
          <dl class="facts">
            {received.map((reason) => (
              <Fact
                key={reason}
                name={rejectionWords[reason]}
                testId={`dropped-${reason}`}
                value={total(people, reason)}
              >
                {formatCount(total(people, reason))}
                <small>{namesWith(people, reason)}</small>
              </Fact>
            ))}
          </dl>
        </>
      )}
      {own.length > 0 && (
        <>
          <h4>Yours, not sent</h4>
          <dl class="facts">
            {own.map((reason) => (
              <Fact
                key={reason}
                name={rejectionWords[reason]}
                testId={`own-dropped-${reason}`}
                value={details.framesDropped[reason]}
              >
                {formatCount(details.framesDropped[reason] ?? 0)}
              </Fact>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

function total(people: readonly RemotePerson[], reason: Rejection): number {
  return people.reduce((sum, person) => sum + (person.dropped[reason] ?? 0), 0);
}

function namesWith(people: readonly RemotePerson[], reason: Rejection): string {
  const senders = people.filter((person) => (person.dropped[reason] ?? 0) > 0);
  return `from ${senders.map(({ name }) => name).join(', ')}`;
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

interface FactProps {
  readonly name: string;
  readonly testId: string;
  /** The value as it is, for tests: the text is for people. */
  readonly value?: number | undefined;
  readonly children: ComponentChildren;
}

function Fact({ name, testId, value, children }: FactProps) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd data-testid={testId} data-value={value}>
        {children}
      </dd>
    </div>
  );
}
