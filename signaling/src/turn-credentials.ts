/**
 * Short-lived TURN credentials, as coturn's `use-auth-secret` checks them (draft-uberti-behave-turn-rest-00
 * section 2.2): the user name carries its expiry, the password is an HMAC over it, nothing is stored.
 */
import { createHmac } from 'node:crypto';

/** Longer than almost every call: an ICE restart late in a call uses the credentials it joined with. */
export const turnLifetimeSeconds = 12 * 60 * 60;

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** `user` goes into the TURN server's logs: a fresh participant id, nothing that lasts. */
export function turnCredentials(
  secret: string,
  { user, nowSeconds }: { readonly user: string; readonly nowSeconds: number },
): TurnCredentials {
  const username = `${Math.floor(nowSeconds) + turnLifetimeSeconds}:${user}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return { username, credential };
}
