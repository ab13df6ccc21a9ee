/** The identity page with what this browser keeps behind it. */
import { toBase64Url } from '@earshot/keying/bytes';
import { useEffect, useState } from 'preact/hooks';
import { openDeviceKey, resetDeviceKey } from '../identity/device-key.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { listContacts, removeContact } from '../identity/kept-contacts.ts';
import type { ShownContact } from './contact-list.tsx';
import { IdentityPage } from './identity-page.tsx';
import type { ShownKey } from './own-key.tsx';
import { navigate } from './route.ts';

export interface IdentityScreenProps {
  readonly isLab: boolean;
}

export function IdentityScreen({ isLab }: IdentityScreenProps) {
  const [ownKey, setOwnKey] = useState<ShownKey>();
  const [contacts, setContacts] = useState<readonly ShownContact[]>([]);
  const showKey = async () => setOwnKey(await readOwnKey());
  const showContacts = async () => setContacts(await readContacts());
  useEffect(() => {
    void showKey();
    void showContacts();
  }, []);

  return (
    <IdentityPage
      isLab={isLab}
      ownKey={ownKey}
      contacts={contacts}
      onReset={() => void resetDeviceKey().then(showKey)}
      onRemove={(key) => void removeContact(key).then(showContacts)}
      onHome={() => navigate('/')}
    />
  );
}

async function readOwnKey(): Promise<ShownKey> {
  const { identity, custody, isKept, madeAtMs } = await openDeviceKey();
  const publicKey = toBase64Url(identity.publicKey);
  return { publicKey, fingerprint: await fingerprint(publicKey), custody, isKept, madeAtMs };
}

async function readContacts(): Promise<readonly ShownContact[]> {
  const contacts = (await listContacts()) ?? [];
  return Promise.all(
    contacts.map(async (contact) => ({ ...contact, fingerprint: await fingerprint(contact.key) })),
  );
}
