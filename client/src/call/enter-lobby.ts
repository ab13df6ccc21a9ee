/** The one session of a call, from its lobby on. */
import { callId as callIdSchema, type Peer } from '@earshot/protocol';
import { watchPage } from '../platform/page-events.ts';
import { CallError, type Invite } from './call-api.ts';
import type { CallStore } from './call-store.ts';
import type { EarlyEvents } from './early-events.ts';
import type { KeyWorker } from './key-worker.ts';
import type { People } from './people.ts';
import { SignalingClient } from './signaling-client.ts';

export interface Lobby {
  readonly signaling: SignalingClient;
  /** Who one will be in the call. */
  readonly self: Peer;
}

export interface EnterLobbyOptions {
  readonly invite: Invite;
  /** Closes the session, and so leaves lobby or call, when the call ends. */
  readonly store: CallStore;
  readonly events: EarlyEvents;
  readonly people: People;
  readonly keys: KeyWorker | undefined;
  readonly onResumed: () => void;
  /** The page is being left. */
  readonly onLeave: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * In `e2ee`, keys are agreed on from here on with everybody in the call.
 * @throws CallError `mode-refused` if the server has the call under another mode or topology than the invite
 * @throws ProtocolError the server's refusal
 */
export async function enterLobby(options: EnterLobbyOptions): Promise<Lobby> {
  const { invite, events, people, keys } = options;
  const signaling = await openSession(options);
  const { callId, mode, topology, linkSecret } = invite;
  const lobby = await signaling.request('enterLobby', {
    ...{ callId: callIdSchema.parse(callId), mode, topology },
  });
  if (lobby.mode !== mode || lobby.topology !== topology) {
    throw new CallError('mode-refused', 'the server has the call under another mode or topology');
  }
  const { self, peers } = lobby;
  if (mode === 'e2ee') keys?.startE2ee({ callId, topology, self, linkSecret });
  people.enter(peers);
  events.reach('lobby');
  return { signaling, self };
}

async function openSession(options: EnterLobbyOptions): Promise<SignalingClient> {
  const { store, events, onResumed, onLeave, fail } = options;
  const signaling = await SignalingClient.open({
    origin: location.origin,
    onEvent: (event) => {
      events.receive(event);
    },
    onLink: (link) => {
      store.dispatch({ kind: 'signaling', link });
      if (link === 'up') onResumed();
    },
    onLost: fail,
  });
  store.own(() => {
    signaling.close();
  });
  store.own(
    watchPage({
      onReturn: () => {
        signaling.retryNow();
      },
      onOffline: () => {
        signaling.suspectDrop();
      },
      onLeave,
    }),
  );
  return signaling;
}
