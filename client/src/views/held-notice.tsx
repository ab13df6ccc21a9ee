/** Somebody seems to be a verified contact, with another key: the call with them stands still until decided. */
import type { RemotePerson } from '../call/call-state.ts';
import { Icon } from './icons.tsx';
import { heldWords } from './trust-words.ts';

export interface HeldNoticeProps {
  readonly person: RemotePerson;
  readonly onAccept: () => void;
  readonly onCompare: () => void;
  readonly onHangUp: () => void;
}

export function HeldNotice({ person, onAccept, onCompare, onHangUp }: HeldNoticeProps) {
  const { keying, name, id } = person;
  if (keying.kind !== 'held' || keying.trust.kind !== 'changed') return null;
  const { title, story } = heldWords(keying.trust.earlier, name);
  return (
    <section class="held" aria-labelledby={`held-${id}`} data-testid="held" data-person-id={id}>
      <span class="held-sign">
        <Icon name="key-changed" />
      </span>
      <h2 id={`held-${id}`}>{title}</h2>
      <p>{story}</p>
      <p class="quiet">
        Ask them by another way. Accepting lets them in, not verified; to verify them, compare
        codes.
      </p>
      <div class="button-row">
        <button
          type="button"
          class="button button-danger"
          data-testid="held-hang-up"
          onClick={onHangUp}
        >
          <Icon name="hang-up" />
          Hang up
        </button>
        <button type="button" class="button" data-testid="accept-key" onClick={onAccept}>
          <Icon name="check" />
          Accept the new key
        </button>
        <button type="button" class="button" data-testid="held-compare" onClick={onCompare}>
          <Icon name="shield" />
          Compare codes
        </button>
      </div>
    </section>
  );
}
