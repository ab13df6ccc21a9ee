/** "Listen as the operator": the verdict, the button where there is something to play, and the pictures. */
import { Icon } from '../views/icons.tsx';
import type { LabPerson, LabState } from './lab-state.ts';
import type { LabSession, Picture } from './lab-session.ts';
import { verdicts, type Playable } from './lab-words.ts';
import { PeopleTable } from './people-table.tsx';
import { personName } from './person-name.ts';
import { PictureCanvas } from './picture-canvas.tsx';
import { canDecode } from './voice-decoder.ts';

export interface ListenPanelProps {
  readonly state: LabState;
  readonly onListen: () => void;
  readonly onStop: () => void;
  readonly onPaint: LabSession['paint'];
}

export function ListenPanel({ state, onListen, onStop, onPaint }: ListenPanelProps) {
  const { call, people, isListening, skippedPackets } = state;
  if (call === undefined) return null;
  const { playable, title, text } = verdicts[call.mode][call.topology];
  const heard = people.filter(({ packets }) => packets > 0);
  return (
    <section class="lab-panel" aria-labelledby="listen-heading">
      <div
        class={`lab-verdict mode-${call.mode}`}
        data-testid="lab-verdict"
        data-playable={playable}
      >
        <h2 id="listen-heading">{title}</h2>
        <p>{text}</p>
        {playable === 'speech' && (
          <ListenButton isListening={isListening} onListen={onListen} onStop={onStop} />
        )}
      </div>
      {playable !== 'none' && heard.length === 0 && (
        <p class="quiet">No audio has come yet. It appears here as soon as somebody speaks.</p>
      )}
      {heard.map((person) => (
        <Pictures
          key={person.id}
          people={people}
          person={person}
          playable={playable}
          onPaint={onPaint}
        />
      ))}
      <PeopleTable mode={call.mode} people={people} topology={call.topology} />
      {skippedPackets > 0 && (
        <p class="quiet">
          {skippedPackets} packets were left out: this page was too slow for them.
        </p>
      )}
    </section>
  );
}

function ListenButton({
  isListening,
  onListen,
  onStop,
}: Pick<ListenPanelProps, 'onListen' | 'onStop'> & { readonly isListening: boolean }) {
  if (!canDecode) {
    return (
      <p class="notice">This browser has no audio decoder for pages: use another to listen.</p>
    );
  }
  return (
    <button
      type="button"
      class={isListening ? 'button' : 'button button-primary'}
      data-testid="operator-listen"
      data-listening={isListening}
      onClick={isListening ? onStop : onListen}
    >
      <Icon name="ear" />
      {isListening ? 'Stop listening' : 'Listen as the operator'}
    </button>
  );
}

interface PicturesProps {
  readonly people: readonly LabPerson[];
  readonly person: LabPerson;
  readonly playable: Playable;
  readonly onPaint: LabSession['paint'];
}

function Pictures({ people, person, playable, onPaint }: PicturesProps) {
  const name = personName(people, person.id);
  const canvas = (picture: Picture, caption: string) => (
    <PictureCanvas
      caption={caption}
      onPaint={(onColumn) => onPaint(person.id, picture, onColumn)}
      picture={picture}
    />
  );
  switch (playable) {
    case 'none':
      return null;
    case 'speech':
      return (
        <div class="lab-pictures">
          <h3>{name}, as the server hears them</h3>
          {canvas('sound', 'Spectrogram of the recovered speech: bright where the voice is.')}
        </div>
      );
    case 'ciphertext':
      return (
        <div class="lab-pictures">
          <h3>{name}, as the server has them</h3>
          {canvas(
            'bytes',
            'Each column is a sealed frame, byte by byte. The even rows on top are its counter.',
          )}
          {canvas(
            'bytes-as-sound',
            'The same bytes as if they were sound: noise, in every tone alike.',
          )}
        </div>
      );
  }
}
