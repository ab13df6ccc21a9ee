/**
 * Runs handshakes with oneself, under throwaway keys. The first runs of this arithmetic are several
 * times slower than later ones, because the engine compiles it meanwhile: better while somebody
 * types their name than between joining and hearing.
 */
import { Secret } from '@earshot/keying/secret';
import { createE2eeSession, type E2eeSession, type Identity } from '@earshot/keying/session';
import { randomBytes, timers } from './surroundings.ts';

const callId = 'warm-up';
const firstId = 'first';
const secondId = 'second';
const linkSecretBytes = 32;
const timeoutMs = 10_000;
/** From the fourth on a handshake takes as long as it ever will. */
const rounds = 4;

/** @param isNeeded no further round begins once this is false: a call starts meanwhile. */
export async function warmUp(identity: Identity, isNeeded: () => boolean): Promise<void> {
  for (let round = 0; round < rounds && isNeeded(); round++) await agreeWithOneself(identity);
}

/** Resolves when both have agreed, or after ten seconds. */
async function agreeWithOneself(identity: Identity): Promise<void> {
  const secret = randomBytes(linkSecretBytes);
  const secure = new Set<string>();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const sessions = new Map<string, E2eeSession>();
  for (const [selfOrder, selfId] of [firstId, secondId].entries()) {
    const session = createE2eeSession({
      callId,
      selfId,
      selfOrder,
      linkSecret: Secret.copy(secret),
      identity,
      random: randomBytes,
      scheduler: timers,
      onEnvelope: (to, kind, data) => {
        // In a task of its own, as from the network: a call that starts meanwhile goes first.
        timers.after(0, () => sessions.get(to)?.receive(selfId, kind, data));
      },
      onPeerState: (_, { kind }) => {
        if (kind === 'secure') secure.add(selfId);
        if (secure.size === 2) resolve(undefined);
      },
      onSenderKey: () => undefined,
    });
    sessions.set(selfId, session);
  }
  secret.fill(0);
  sessions.get(secondId)?.addPeer({ peerId: firstId, order: 0 });
  sessions.get(firstId)?.addPeer({ peerId: secondId, order: 1 });
  const cancel = timers.after(timeoutMs, () => {
    resolve(undefined);
  });
  await promise;
  cancel();
  for (const session of sessions.values()) session.close();
}
