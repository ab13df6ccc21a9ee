/** Creating a call, and asking what kind of server there is: one short session each. */
import { toBase64Url } from '@earshot/keying/bytes';
import type { KeyingMode, Topology } from '@earshot/keying/mode';
import { CallError, type Invite } from './call-api.ts';
import { endReasonOf } from './end-reason-of.ts';
import { linkSecretBytes } from './invite-link.ts';
import { SignalingClient } from './signaling-client.ts';

/** @throws CallError */
export async function createCall(kind: {
  readonly mode: KeyingMode;
  readonly topology: Topology;
}): Promise<Invite> {
  const { callId } = await inSession((client) => client.request('createCall', kind));
  // The secret is part of the invite and never of a message: the server does not learn it.
  const linkSecret = kind.mode === 'e2ee' ? drawLinkSecret() : undefined;
  return { callId, mode: kind.mode, topology: kind.topology, linkSecret };
}

function drawLinkSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(linkSecretBytes));
  const text = toBase64Url(bytes);
  bytes.fill(0);
  return text;
}

/** Whether the server runs the interception lab. @throws CallError */
export async function lookUpServer(): Promise<{ readonly isLab: boolean }> {
  return inSession((client) => Promise.resolve({ isLab: client.isLab }));
}

async function inSession<T>(use: (client: SignalingClient) => Promise<T>): Promise<T> {
  let client: SignalingClient | undefined;
  try {
    client = await SignalingClient.open({
      origin: location.origin,
      onEvent: () => undefined,
      onLink: () => undefined,
      onLost: () => undefined,
    });
    return await use(client);
  } catch (cause) {
    if (cause instanceof CallError) throw cause;
    throw new CallError(endReasonOf(cause), 'the server refused', { cause });
  } finally {
    client?.close();
  }
}
