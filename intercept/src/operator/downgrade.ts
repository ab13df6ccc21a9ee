/** What a relay can do so that a call is placed with less protection than the people in it asked for. */
import { addCryptoLines, takeCryptoLines } from '@earshot/keying/sdes';
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { CallMember } from '@earshot/peer/call-member';
import { CallMembership } from '@earshot/peer/call-membership';
import type { Rewrite } from './active-relay.ts';

/** Encryption ends at the server: the least that there is. */
const lowestMode = 'dtls' satisfies KeyingMode;

/** People are told in the answer to that request that the call is of the lowest mode. */
export function sayLowerMode(verb: 'enterLobby' | 'join'): Rewrite {
  return (message) => {
    if (message.kind !== 'answer' || message.verb !== verb) return [message];
    if (message.verb === 'join') {
      return [{ ...message, result: { ...message.result, mode: lowestMode } }];
    }
    return [{ ...message, result: { ...message.result, mode: lowestMode } }];
  };
}

/** The call is made in the lowest mode, and whoever asks for another comes to that one. */
export const makeLowerMode: Rewrite = (message) => {
  if (message.kind !== 'request') return [message];
  if (message.verb === 'createCall') {
    return [{ ...message, input: { ...message.input, mode: lowestMode } }];
  }
  if (message.verb === 'enterLobby') {
    return [{ ...message, input: { ...message.input, mode: lowestMode } }];
  }
  if (message.verb === 'join') {
    return [{ ...message, input: { ...message.input, mode: lowestMode } }];
  }
  return [message];
};

/** Changes the `a=crypto` lines of one kind of description on its way from the server to whom it is for. */
export function changeCryptoLines(
  description: 'offer' | 'answer',
  change: (lines: readonly string[]) => readonly string[],
): Rewrite {
  return (message) => {
    if (message.kind !== 'event') return [message];
    if (message.name !== 'offer' && message.name !== 'answer') return [message];
    if (message.name !== description) return [message];
    const { sdp, lines } = takeCryptoLines(message.payload.sdp);
    const changed = addCryptoLines(sdp, change(lines));
    return [{ ...message, payload: { ...message.payload, sdp: changed } }];
  };
}

export interface FailOpenOptions {
  readonly serverUrl: string;
  readonly callId: string;
  readonly topology: Topology;
  readonly name: string;
  /** What the link says. */
  readonly asksFor: KeyingMode;
}

/** A client that goes on in whatever mode the server says. Insecure on purpose: the product ends the call. */
export async function joinFailOpen(options: FailOpenOptions): Promise<{
  readonly member: CallMember;
  /** What it went on in. */
  readonly mode: KeyingMode;
}> {
  const { asksFor, ...seat } = options;
  const asked = await CallMembership.join({ ...seat, mode: asksFor, isMuted: true });
  const { mode } = asked.joined;
  asked.close();
  const keying = mode === 'e2ee' ? { mode, linkSecret: new Uint8Array(32) } : ({ mode } as const);
  return { member: await CallMember.join({ ...seat, keying }), mode };
}
