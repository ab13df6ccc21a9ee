/** Signaling that tells each side of a direct call nothing but addresses on the provider's TURN server. */
import { CallMembership } from '@earshot/peer/call-membership';
import { createCall } from '@earshot/peer/create-call';
import type { Rewrite } from '../../operator/active-relay.ts';
import { throughRelay } from '../media-path.ts';
import { openTurnLines, type TurnLogin } from './turn-lines.ts';

/** RFC 8839 section 5.1. */
const relayedCandidate = /^candidate:\S+ \d+ udp \d+ \S+ \d+ typ relay /i;

/** Of browsers, which take addresses on the TURN server by themselves: what else they have is not passed on. */
export const passRelayedCandidates: Rewrite = (message) => {
  if (message.kind !== 'event' || message.name !== 'candidate') return [message];
  const { candidate } = message.payload;
  return candidate === null || relayedCandidate.test(candidate.candidate) ? [message] : [];
};

export interface TurnedPath {
  /** For whoever relays the call's messages. */
  readonly change: Rewrite;
  /** Gives the addresses back. Idempotent. */
  close(): void;
}

/** Of two native endpoints, with addresses taken in their place. @throws Error if the TURN server gives none */
export async function nativeThroughTurn(serverUrl: string): Promise<TurnedPath> {
  const lines = await openTurnLines({ login: await turnLoginOf(serverUrl), lines: 2 });
  return {
    change: (message) => [throughRelay(message, lines)],
    close: () => {
      lines.close();
    },
  };
}

/** What the server hands to everybody who joins a call. @throws Error if it has none */
export async function turnLoginOf(serverUrl: string): Promise<TurnLogin> {
  const call = { mode: 'sdes', topology: 'direct' } as const;
  const callId = await createCall({ serverUrl, ...call });
  const membership = await CallMembership.join({
    ...{ serverUrl, callId, ...call },
    ...{ name: 'native', isMuted: true },
  });
  membership.close();
  for (const { urls, username, credential } of membership.joined.iceServers) {
    for (const url of urls) {
      const [, address, port] = /^turn:([\d.]+):(\d+)\?transport=udp$/.exec(url) ?? [];
      if (address === undefined || username === undefined || credential === undefined) continue;
      return { server: { address, port: Number(port) }, username, credential };
    }
  }
  throw new Error('the server hands out no TURN server');
}
