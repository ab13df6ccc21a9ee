/**
 * Places a call: runs the effects around the reducer. Who closes whom: the call closes microphone,
 * media, audio, monitor, signaling and, after wiping its keys, the crypto worker; nothing outlives it.
 */
import {
  callId as callIdSchema,
  displayName,
  type RequestResult,
  type ServerEvent,
} from '@earshot/protocol';
import { AudioOutput } from './audio-output.ts';
import { CallError, type CallHandle, type JoinOptions } from './call-api.ts';
import { CallMonitor } from './call-monitor.ts';
import { initialCallState } from './call-reducer.ts';
import type { CallState } from './call-state.ts';
import { CallStore } from './call-store.ts';
import { endReasonOf } from './end-reason-of.ts';
import { linkSecretState } from './invite-link.ts';
import type { KeyWorker } from './key-worker.ts';
import type { CallMedia } from './media-port.ts';
import { MicrophoneGate } from './microphone-gate.ts';
import { openKeys } from './open-keys.ts';
import { openMedia } from './open-media.ts';
import { People } from './people.ts';
import { watchPage } from '../platform/page-events.ts';
import { openingsPerJoin } from '../worker/worker-messages.ts';
import { SignalingClient } from './signaling-client.ts';

/** Starts joining at once; the outcome is in the handle's state. */
export function joinCall(options: JoinOptions): CallHandle {
  performance.mark('earshot:join');
  return new Call(options);
}

class Call implements CallHandle {
  readonly #options: JoinOptions;
  readonly #store: CallStore;
  readonly #audio: AudioOutput;
  #keys: KeyWorker | undefined;
  #people: People | undefined;
  #microphone: MicrophoneGate | undefined;
  #signaling: SignalingClient | undefined;
  #media: CallMedia | undefined;
  /** Events that arrive between the answer to `join` and the set-up that follows it. */
  #earlyEvents: ServerEvent[] = [];

  constructor(options: JoinOptions) {
    const { invite, name, isMuted } = options;
    this.#options = options;
    this.#store = new CallStore(
      initialCallState({
        mode: invite.mode,
        topology: invite.topology,
        linkSecret: linkSecretState(invite),
        name,
        isMuted,
      }),
    );
    this.#audio = new AudioOutput({
      onBlocked: (isBlocked) => {
        this.#store.dispatch({ kind: 'audio-blocked', isBlocked });
      },
    });
    this.#store.own(() => {
      this.#audio.close();
    });
    this.#join().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  get state(): CallState {
    return this.#store.state;
  }

  subscribe(listener: (state: CallState) => void): () => void {
    return this.#store.subscribe(listener);
  }

  setMuted(isMuted: boolean): void {
    if (this.#store.isOver()) return;
    this.#microphone?.setMuted(isMuted);
    this.#store.dispatch({ kind: 'muted', isMuted });
    this.#tellMuted();
  }

  hangUp(): void {
    this.#store.end('hung-up');
  }

  reportCodesMatch(personId: string): void {
    if (!this.#store.isOver()) this.#keys?.verifyPeer(personId);
  }

  acceptKey(personId: string): void {
    if (!this.#store.isOver()) this.#keys?.acceptPeer(personId);
  }

  reportCodesDiffer(personId: string): void {
    if (this.#store.person(personId) !== undefined) this.#store.end('codes-differ');
  }

  async #join(): Promise<void> {
    const { invite } = this.#options;
    const keys = openKeys({
      mode: invite.mode,
      store: this.#store,
      signaling: () => this.#signaling,
      people: () => this.#people,
      gate: () => this.#microphone,
      fail: (error) => {
        this.#fail(error);
      },
    });
    this.#keys = keys;
    const people = new People({
      ...{ invite, keys, store: this.#store, audio: this.#audio },
      media: () => this.#media,
    });
    this.#people = people;
    const [{ signaling, envelopes }, microphone] = await Promise.all([
      this.#openSession(keys),
      this.#openMicrophone(),
    ]);
    if (this.#store.isOver()) return;
    const { isMuted } = this.#store.state;
    const joined = await signaling.request('join', {
      callId: callIdSchema.parse(invite.callId),
      mode: invite.mode,
      topology: invite.topology,
      name: displayName.parse(this.#options.name),
      isMuted,
      ...(envelopes !== undefined && { envelopes: [...envelopes] }),
    });
    performance.mark('earshot:joined');
    if (this.#store.isOver()) return;
    if (joined.mode !== invite.mode || joined.topology !== invite.topology) {
      throw new CallError('mode-refused', 'the server joined another mode or topology');
    }
    this.#startKeys(joined);
    this.#store.dispatch({
      kind: 'joined',
      participants: joined.participants,
      isLab: signaling.isLab,
      atMs: Date.now(),
    });
    const media = openMedia({
      ...{ joined, signaling, keys, people, gate: microphone },
      ...{ store: this.#store, audio: this.#audio },
      fail: (error) => {
        this.#fail(error);
      },
    });
    this.#media = media;
    for (const participant of joined.participants) people.meet(participant);
    if (this.#store.state.isMuted !== isMuted) this.#tellMuted();
    const monitor = new CallMonitor({
      media,
      keys: this.#keys,
      selfLevel: () => this.#microphone?.level() ?? 0,
      onMeasurement: (measurement) => {
        this.#store.dispatch({ kind: 'measured', measurement });
      },
      onFailure: (error) => {
        this.#fail(error);
      },
    });
    this.#store.own(() => {
      monitor.close();
    });
    const events = this.#earlyEvents;
    this.#earlyEvents = [];
    for (const event of events) this.#receive(event);
  }

  /** With what begins the handshakes: drawn while the microphone opens. */
  async #openSession(keys: KeyWorker | undefined): Promise<{
    readonly signaling: SignalingClient;
    readonly envelopes: readonly string[] | undefined;
  }> {
    const signaling = await this.#openSignaling();
    const { mode, topology, callId } = this.#options.invite;
    if (mode !== 'e2ee') return { signaling, envelopes: undefined };
    const selfId = signaling.participantId;
    const count = openingsPerJoin[topology];
    return { signaling, envelopes: await keys?.drawOpenings({ callId, selfId, count }) };
  }

  async #openSignaling(): Promise<SignalingClient> {
    const signaling = await SignalingClient.open({
      origin: location.origin,
      onEvent: (event) => {
        if (this.#media === undefined) this.#earlyEvents.push(event);
        else this.#receive(event);
      },
      onLink: (link) => {
        this.#store.dispatch({ kind: 'signaling', link });
        if (link === 'up') this.#media?.signalingCameBack();
      },
      onLost: (error) => {
        this.#fail(error);
      },
    });
    this.#signaling = signaling;
    this.#store.own(() => {
      signaling.close();
    });
    this.#store.own(
      watchPage({
        onReturn: () => {
          signaling.retryNow();
        },
        onOffline: () => {
          signaling.suspectDrop();
        },
        onLeave: () => {
          this.hangUp();
        },
      }),
    );
    return signaling;
  }

  async #openMicrophone(): Promise<MicrophoneGate> {
    const microphone = await MicrophoneGate.open({
      deviceId: this.#options.microphoneId,
      isMuted: () => this.#store.state.isMuted,
      onReplaced: async (track) => {
        await this.#media?.replaceTrack(track);
      },
      onFailure: (error) => {
        this.#fail(error);
      },
    });
    this.#microphone = microphone;
    this.#store.own(() => {
      microphone.close();
    });
    return microphone;
  }

  #startKeys(joined: RequestResult<'join'>): void {
    const { mode, topology, callId, linkSecret } = this.#options.invite;
    if (mode === 'sdes') this.#keys?.startSdes();
    if (mode === 'e2ee') this.#keys?.startE2ee({ callId, topology, self: joined.self, linkSecret });
  }

  #receive(event: ServerEvent): void {
    if (this.#store.isOver()) return;
    switch (event.name) {
      case 'participantJoined':
        this.#store.dispatch({ kind: 'person-joined', participant: event.payload.participant });
        this.#people?.meet(event.payload.participant);
        return;
      case 'participantUpdated':
        this.#store.dispatch({ kind: 'person-updated', participant: event.payload.participant });
        return;
      case 'participantLeft':
        this.#people?.left(event.payload.participantId);
        return;
      case 'envelope':
        this.#people?.receiveEnvelope(event.payload);
        return;
      case 'offer':
      case 'answer':
      case 'candidate':
      case 'producerAdded':
      case 'producerRemoved':
      case 'mediaLost':
        this.#media?.receive(event);
        return;
      case 'sessionReplaced':
      case 'draining':
        // The signaling client ends the session over them.
        return;
    }
  }

  #tellMuted(): void {
    const { isMuted } = this.#store.state;
    // Muting works without the server: it only tells the others what they hear anyway.
    this.#signaling?.request('setMuted', { isMuted }).catch(() => undefined);
  }

  #fail(error: unknown): void {
    if (this.#store.isOver()) return;
    const reason = endReasonOf(error);
    performance.mark('earshot:failure', { detail: String(error) });
    // A defect of this program, for whoever looks at its console.
    if (reason === 'internal') reportError(error);
    this.#store.end(reason);
  }
}
