/** What the contacts say about somebody in a call. The rules are argued in docs/identity.md. */
import type { Contact, Encounter } from './contact.ts';
import { isSameName } from './same-name.ts';

/** Why two keys are taken for one person's. */
export type SamePersonBy = 'name' | 'call';

/** Whom somebody with a new key seems to be. */
export interface EarlierContact {
  readonly name: string;
  readonly by: SamePersonBy;
  readonly lastMetAtMs: number;
  readonly verifiedAtMs: number | undefined;
}

export type Trust =
  /** No safety code was ever compared with this key. `metAtMs`: the first time, undefined if it is now. */
  | { readonly kind: 'unverified'; readonly metAtMs: number | undefined }
  /** `knownAs`: the name that the key was met under before. */
  | { readonly kind: 'verified'; readonly verifiedAtMs: number; readonly knownAs: string }
  /** They seem to be somebody who had another key. */
  | { readonly kind: 'changed'; readonly earlier: EarlierContact };

/** A verified contact's changed key stops the call with that person until they are accepted. */
export function mustHold(trust: Trust): boolean {
  return trust.kind === 'changed' && trust.earlier.verifiedAtMs !== undefined;
}

export function trustIn(contacts: readonly Contact[], encounter: Encounter): Trust {
  const own = contacts.find(({ key }) => key === encounter.key);
  const rivals = rivalsOf(contacts, encounter);
  // A verified contact weighs more than one that was only met.
  const rival = rivals.find(({ verifiedAtMs }) => verifiedAtMs !== undefined) ?? rivals[0];
  if (rival !== undefined) {
    const { lastMetAtMs, verifiedAtMs } = rival;
    const name = rival.names.find((known) => isSameName(known, encounter.name));
    return {
      kind: 'changed',
      earlier: {
        name: name ?? rival.names[0],
        by: name === undefined ? 'call' : 'name',
        lastMetAtMs,
        verifiedAtMs,
      },
    };
  }
  if (own?.verifiedAtMs === undefined) return { kind: 'unverified', metAtMs: own?.firstMetAtMs };
  const { verifiedAtMs } = own;
  const knownAs = own.names.find((name) => isSameName(name, encounter.name)) ?? own.names[0];
  return { kind: 'verified', verifiedAtMs, knownAs };
}

/** Contacts with another key that whoever is met seems to be. */
export function rivalsOf(contacts: readonly Contact[], encounter: Encounter): readonly Contact[] {
  const own = contacts.find(({ key }) => key === encounter.key);
  const isKnownName = own?.names.some((name) => isSameName(name, encounter.name)) ?? false;
  return contacts.filter((contact) => {
    if (contact.key === encounter.key) return false;
    const isNamesake = contact.names.some((name) => isSameName(name, encounter.name));
    // A key that was met before is somebody of their own, in this call as in others.
    const isInTheirPlace =
      own === undefined &&
      encounter.topology === 'direct' &&
      contact.directCallId === encounter.callId;
    if (!isNamesake && !isInTheirPlace) return false;
    if (contact.verifiedAtMs === undefined) return !isKnownName;
    const isVerifiedNamesake = own?.verifiedAtMs !== undefined && isKnownName;
    return !isVerifiedNamesake && own?.acceptedBeside.includes(contact.key) !== true;
  });
}
