/**
 * Invite links: `https://HOST/j/CALLID#m=e2ee&t=room&k=SECRET`. What the server must not choose or
 * see is in the fragment, which browsers do not send (RFC 9110 section 4.2.5).
 */
import { fromBase64Url } from '@earshot/keying/bytes';
import { keyingModes, topologies } from '@earshot/keying/mode';
import type { Invite } from './call-api.ts';
import type { LinkSecretState } from './call-state.ts';

/** Bytes of the link secret (`k`), base64url. */
export const linkSecretBytes = 32;

const callPath = /^\/j\/([A-Za-z0-9_-]{22})\/?$/;

export interface IncompleteLink {
  readonly error: 'link-incomplete';
}

const incomplete: IncompleteLink = { error: 'link-incomplete' };

/** @param origin for example `https://calls.example.org` */
export function toLink(invite: Invite, origin: string): string {
  const fragment = new URLSearchParams({ m: invite.mode, t: invite.topology });
  if (invite.linkSecret !== undefined) fragment.set('k', invite.linkSecret);
  return `${origin}/j/${invite.callId}#${fragment.toString()}`;
}

/**
 * A link without mode or topology, or with a secret that is not whole, is refused: filling a gap with
 * a default would let whoever cut the link off choose how the call is protected. An `e2ee` link
 * without any secret is one: its call is marked until safety codes are compared.
 */
export function parseLink(url: string): Invite | IncompleteLink {
  if (!URL.canParse(url)) return incomplete;
  const { pathname, hash } = new URL(url);
  const callId = callPath.exec(pathname)?.[1];
  const fragment = new URLSearchParams(hash.slice(1));
  const mode = keyingModes.find((known) => known === fragment.get('m'));
  const topology = topologies.find((known) => known === fragment.get('t'));
  if (callId === undefined || mode === undefined || topology === undefined) return incomplete;
  if (mode !== 'e2ee') return { callId, mode, topology, linkSecret: undefined };
  const linkSecret = fragment.get('k');
  if (linkSecret === null) return { callId, mode, topology, linkSecret: undefined };
  if (!isWholeSecret(linkSecret)) return incomplete;
  return { callId, mode, topology, linkSecret };
}

export function linkSecretState({ mode, linkSecret }: Invite): LinkSecretState {
  if (mode !== 'e2ee') return 'unused';
  return linkSecret === undefined ? 'missing' : 'whole';
}

function isWholeSecret(text: string): boolean {
  try {
    const bytes = fromBase64Url(text);
    bytes.fill(0);
    return bytes.length === linkSecretBytes;
  } catch {
    return false;
  }
}
