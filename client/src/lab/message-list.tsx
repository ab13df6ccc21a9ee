/** Every message as relayed, newest last; what it gives away is marked. */
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../views/icons.tsx';
import { formatCount } from '../views/format.ts';
import type { LabMessage, LabPerson, LabState } from './lab-state.ts';
import { markTitles, markWords, verbWords } from './lab-words.ts';
import { personName } from './person-name.ts';
import type { Mark, Piece } from './relayed-text.ts';

const markIcons: Readonly<Record<Mark, IconName>> = {
  key: 'key',
  fingerprint: 'details',
  public: 'people',
  sealed: 'lock',
};

/** Nearer than this to the end, the list follows what comes. It begins at its start: keys come first. */
const followsPx = 48;

export function MessageList({ state }: { readonly state: LabState }) {
  const { messages, earlierMessages, people } = state;
  const list = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(false);
  const newest = messages.at(-1)?.number;
  useEffect(() => {
    if (isFollowing.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [newest]);

  return (
    <section class="lab-messages" aria-labelledby="messages-heading">
      <h2 id="messages-heading">Messages as relayed</h2>
      {earlierMessages > 0 && (
        <p class="quiet">{formatCount(earlierMessages)} earlier ones are in the record.</p>
      )}
      <div
        ref={list}
        class="lab-scroll"
        tabIndex={0}
        role="region"
        aria-label="Messages, newest last"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isFollowing.current = scrollHeight - scrollTop - clientHeight < followsPx;
        }}
      >
        {messages.length === 0 && <p class="quiet">Nothing has been relayed yet.</p>}
        <ol>
          {messages.map((entry) => (
            <Message key={entry.number} entry={entry} people={people} />
          ))}
        </ol>
      </div>
    </section>
  );
}

interface MessageProps {
  readonly entry: LabMessage;
  readonly people: readonly LabPerson[];
}

function Message({ entry, people }: MessageProps) {
  const { message, text } = entry;
  const { mark, lines, whole } = text;
  const from = personName(people, message.from);
  const to = personName(people, message.to);
  return (
    <li class="lab-message" data-testid="lab-message" data-verb={message.verb} data-mark={mark}>
      <p class="lab-message-head">
        <strong>{verbWords(entry)}</strong>
        <span>
          {from} to {to}
        </span>
        <time dateTime={message.at}>{message.at.slice(11, 19)}</time>
      </p>
      {lines.length > 0 && (
        <p class="lab-lines">
          {lines.map((pieces, index) => (
            <code key={index}>{pieces.map(markedPiece)}</code>
          ))}
        </p>
      )}
      {mark !== undefined && (
        <p class={`lab-note lab-note-${mark}`}>
          <Icon name={markIcons[mark]} />
          <span>
            <strong>{markTitles[mark]}.</strong> {markWords(mark, { from, to })}
          </span>
        </p>
      )}
      {whole !== undefined && (
        <details>
          <summary>The whole message</summary>
          <pre>{whole}</pre>
        </details>
      )}
    </li>
  );
}

function markedPiece({ text, mark }: Piece, index: number) {
  if (mark === undefined) return text;
  return (
    <mark key={index} class={`lab-mark-${mark}`}>
      {text}
    </mark>
  );
}
