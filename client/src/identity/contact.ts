/** A contact is a pinned key: whoever signs with it is the one who signed with it before. */
import type { Topology } from '@earshot/keying/mode';

export interface Contact {
  /** Ed25519 public key (RFC 8032), 32 bytes as base64url. */
  readonly key: string;
  /** Under which they were met, as typed; the latest first. Anyone can type any name. */
  readonly names: readonly [string, ...string[]];
  /** Milliseconds since the epoch, as all times here. */
  readonly firstMetAtMs: number;
  readonly lastMetAtMs: number;
  /** When the safety code was compared and matched. */
  readonly verifiedAtMs: number | undefined;
  /** Keys of verified contacts of the same name, beside which this one was accepted all the same. */
  readonly acceptedBeside: readonly string[];
  /** The direct call in which they were met last: whoever is met there next is taken for the same person. */
  readonly directCallId: string | undefined;
}

/** Somebody in a call whose handshake is confirmed: a key, and what its holder says. */
export interface Encounter {
  /** As in `Contact`. */
  readonly key: string;
  readonly name: string;
  readonly callId: string;
  readonly topology: Topology;
}

/** Names kept per contact. */
const maxNames = 5;

/** The contact after an encounter. Verification and acceptance are not touched by it. */
export function afterEncounter(
  contact: Contact | undefined,
  { key, name, callId, topology }: Encounter,
  atMs: number,
): Contact {
  const others = contact?.names.filter((known) => known !== name) ?? [];
  return {
    key,
    names: [name, ...others.slice(0, maxNames - 1)],
    firstMetAtMs: contact?.firstMetAtMs ?? atMs,
    lastMetAtMs: atMs,
    verifiedAtMs: contact?.verifiedAtMs,
    acceptedBeside: contact?.acceptedBeside ?? [],
    directCallId: topology === 'direct' ? callId : contact?.directCallId,
  };
}
