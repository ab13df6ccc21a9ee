/** The contacts of this browser: by key, with when they were met and verified. */
import { formatDate, initials } from './format.ts';
import { Icon } from './icons.tsx';

export interface ShownContact {
  readonly key: string;
  readonly fingerprint: string;
  /** The latest first. */
  readonly names: readonly [string, ...string[]];
  readonly firstMetAtMs: number;
  readonly lastMetAtMs: number;
  readonly verifiedAtMs: number | undefined;
}

export interface ContactListProps {
  readonly contacts: readonly ShownContact[];
  readonly onRemove: (key: string) => void;
}

export function ContactList({ contacts, onRemove }: ContactListProps) {
  if (contacts.length === 0) return <p data-testid="no-contacts">Nobody yet.</p>;
  return (
    <ul class="contacts">
      {contacts.map((contact) => (
        <ContactItem key={contact.key} contact={contact} onRemove={() => onRemove(contact.key)} />
      ))}
    </ul>
  );
}

interface ContactItemProps {
  readonly contact: ShownContact;
  readonly onRemove: () => void;
}

function ContactItem({ contact, onRemove }: ContactItemProps) {
  const { names, fingerprint, firstMetAtMs, lastMetAtMs, verifiedAtMs } = contact;
  const [name, ...earlier] = names;
  const isVerified = verifiedAtMs !== undefined;
  return (
    <li class="contact" data-testid="contact" data-verified={isVerified}>
      <span class="contact-initials" aria-hidden="true">
        {initials(name)}
      </span>
      <div class="contact-words">
        <h3>{name}</h3>
        {earlier.length > 0 && <p class="quiet">Earlier: {earlier.join(', ')}</p>}
        <p class={isVerified ? 'status status-good' : 'status'}>
          <Icon name={isVerified ? 'shield-check' : 'shield'} />
          <span>{isVerified ? `Verified on ${formatDate(verifiedAtMs)}` : 'Not verified'}</span>
        </p>
        <p class="quiet">
          First met on {formatDate(firstMetAtMs)}, last on {formatDate(lastMetAtMs)}
        </p>
        <p class="fingerprint fingerprint-small" data-testid="contact-fingerprint">
          {fingerprint}
        </p>
      </div>
      <button
        type="button"
        class="button button-small"
        data-testid="remove-contact"
        title="Their key then counts as never met"
        onClick={onRemove}
      >
        Remove<span class="visually-hidden"> {name}</span>
      </button>
    </li>
  );
}
