import type { KeyingMode, Topology } from '@earshot/keying/mode';
import type { CallId } from '@earshot/protocol';
import { SignalingPeer } from '../signaling-peer.ts';

/** Creates a call, without joining it. @throws ProtocolError the server's refusal */
export async function createCall(options: {
  readonly serverUrl: string;
  readonly mode: KeyingMode;
  readonly topology: Topology;
}): Promise<CallId> {
  const { serverUrl, mode, topology } = options;
  const peer = await SignalingPeer.open({ serverUrl });
  try {
    return (await peer.request('createCall', { mode, topology })).callId;
  } finally {
    peer.close();
  }
}
