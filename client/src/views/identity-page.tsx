/** Who this browser is to others, and whom it knows: the own key, and the contacts. */
import { ContactList, type ShownContact } from './contact-list.tsx';
import { OwnKey, type ShownKey } from './own-key.tsx';
import { Page, PageHeading } from './page.tsx';

export interface IdentityPageProps {
  readonly isLab: boolean;
  /** Undefined while it is being read. */
  readonly ownKey: ShownKey | undefined;
  readonly contacts: readonly ShownContact[];
  readonly onReset: () => void;
  readonly onRemove: (key: string) => void;
  readonly onHome: () => void;
}

export function IdentityPage(props: IdentityPageProps) {
  const { isLab, ownKey, contacts, onReset, onRemove, onHome } = props;
  return (
    <Page title="Your key and contacts" isLab={isLab} kind="identity" onHome={onHome}>
      <div class="identity-head">
        <PageHeading>Your key and contacts</PageHeading>
        <p class="lead">
          In end-to-end encrypted calls, browsers recognise each other by keys. There are no
          accounts: all of this is kept in this browser only.
        </p>
      </div>
      <section class="identity-card" aria-labelledby="own-key-heading">
        <h2 id="own-key-heading">Your key</h2>
        {ownKey !== undefined && <OwnKey ownKey={ownKey} onReset={onReset} />}
      </section>
      <section class="identity-card" aria-labelledby="contacts-heading">
        <h2 id="contacts-heading">Contacts</h2>
        <p class="quiet">
          Whoever you met in end-to-end encrypted calls, by their key. Names are what people typed;
          only a verified key says who it is.
        </p>
        <ContactList contacts={contacts} onRemove={onRemove} />
      </section>
    </Page>
  );
}
