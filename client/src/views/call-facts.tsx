/** Counters and parameters of a call as lists of facts, for its details. */
import { rejections, type Rejection } from '@earshot/keying/errors';
import { modes } from '@earshot/keying/mode';
import type { SenderKeyStatus } from '@earshot/keying/session';
import type { ComponentChildren } from 'preact';
import type { CallState, RemotePerson } from '../call/call-state.ts';
import { formatCodec, formatCount, formatMilliseconds } from './format.ts';
import { keyChangeWords, rejectionWords, topologyWords } from './wording.ts';

export interface StateProps {
  readonly state: CallState;
}

export function Protection({ state: { mode, topology, details, people } }: StateProps) {
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
      {details.senderKey !== undefined && <OwnKey status={details.senderKey} people={people} />}
    </dl>
  );
}

interface OwnKeyProps {
  readonly status: SenderKeyStatus;
  readonly people: readonly RemotePerson[];
}

function OwnKey({ status: { generation, step, changes, unacknowledged }, people }: OwnKeyProps) {
  const waited = people.filter(({ id }) => unacknowledged.includes(id));
  const reasons = keyChangeWords.filter(([change]) => changes[change] > 0);
  const total = reasons.reduce((sum, [change]) => sum + changes[change], 0);
  return (
    <>
      <Fact name="Key generation" testId="key-generation" value={generation}>
        {generation}
      </Fact>
      <Fact name="Key step" testId="key-step" value={step}>
        {step}
      </Fact>
      <Fact name="Key changes" testId="key-changes" value={total}>
        {formatCount(total)}
        {reasons.map(([change, words]) => (
          <small key={change}>
            {formatCount(changes[change])} {words}
          </small>
        ))}
      </Fact>
      {waited.length > 0 && (
        <Fact name="Newest key on its way" testId="key-unacknowledged" value={waited.length}>
          to {waited.map(({ name }) => name).join(', ')}
        </Fact>
      )}
    </>
  );
}

/** Long names from the standards may break after an underscore. */
function breakable(name: string): ComponentChildren {
  return name.split(/(?<=_)/u).flatMap((part) => [part, <wbr key={part} />]);
}

export function Connection({ state: { details } }: StateProps) {
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

export function DroppedFrames({ state: { people, details } }: StateProps) {
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
