/**
 * Places a call, from its lobby to its end: runs the effects around the reducer. Who closes whom: the call
 * closes microphone, media, audio, monitor, signaling and, after wiping its keys, the crypto worker;
 * nothing outlives it.
 */
import { callId as callIdSchema, displayName, type ServerEvent } from '@earshot/protocol';
import { AudioOutput } from './audio-output.ts';
import { CallError, type CallHandle, type Invite, type JoinOptions } from './call-api.ts';
import { CallMonitor } from './call-monitor.ts';
import { initialCallState } from './call-reducer.ts';
import type { CallState, EndReason } from './call-state.ts';
import { CallStore } from './call-store.ts';
import { EarlyEvents } from './early-events.ts';
import { endReasonOf } from './end-reason-of.ts';
import { enterLobby, type Lobby } from './enter-lobby.ts';
import { linkSecretState } from './invite-link.ts';
import type { KeyWorker } from './key-worker.ts';
import type { CallMedia } from './media-port.ts';
import { MicrophoneGate } from './microphone-gate.ts';
import { openKeys } from './open-keys.ts';
import { openMedia, type OpenMediaOptions } from './open-media.ts';
import { People } from './people.ts';
import { prepareDevice } from './room-device.ts';
import { askTransports } from './room-transport.ts';
import type { SignalingClient } from './signaling-client.ts';
import { prepareConnections } from './spare-connection.ts';

/** Enters the call's lobby at once; what comes of it is in the handle's state. */
export function openCall(invite: Invite): CallHandle {
  prepareConnections();
  if (invite.topology === 'room') prepareDevice();
  return new Call(invite);
}

class Call implements CallHandle {
  readonly #invite: Invite;
  readonly #store: CallStore;
  readonly #audio: AudioOutput;
  readonly #lobby: Promise<Lobby>;
  readonly #events = new EarlyEvents((event) => {
    this.#receive(event);
  });
  #keys: KeyWorker | undefined;
  #people: People | undefined;
  #microphone: MicrophoneGate | undefined;
  #signaling: SignalingClient | undefined;
  #media: CallMedia | undefined;

  constructor(invite: Invite) {
    const { mode, topology } = invite;
    this.#invite = invite;
    this.#store = new CallStore(
      initialCallState({ mode, topology, linkSecret: linkSecretState(invite) }),
    );
    this.#audio = new AudioOutput({
      onBlocked: (isBlocked) => {
        this.#store.dispatch({ kind: 'audio-blocked', isBlocked });
      },
    });
    this.#store.own(() => {
      this.#audio.close();
    });
    this.#lobby = this.#enter();
    this.#lobby.catch(this.#fail);
  }

  get state(): CallState {
    return this.#store.state;
  }

  subscribe(listener: (state: CallState) => void): () => void {
    return this.#store.subscribe(listener);
  }

  join(options: JoinOptions): void {
    if (this.#store.state.phase.kind !== 'lobby') return;
    performance.mark('earshot:join');
    const { name, isMuted } = options;
    this.#store.dispatch({ kind: 'joining', name, isMuted });
    this.#join(options).catch(this.#fail);
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

  async #enter(): Promise<Lobby> {
    const invite = this.#invite;
    const keys = openKeys({
      mode: invite.mode,
      store: this.#store,
      signaling: () => this.#signaling,
      people: () => this.#people,
      gate: () => this.#microphone,
      fail: this.#fail,
    });
    this.#keys = keys;
    const people = new People({
      ...{ invite, keys, store: this.#store, audio: this.#audio },
      media: () => this.#media,
    });
    this.#people = people;
    const lobby = await enterLobby({
      ...{ invite, keys, people, store: this.#store, events: this.#events },
      onResumed: () => {
        this.#media?.signalingCameBack();
      },
      onLeave: () => {
        this.hangUp();
      },
      fail: this.#fail,
    });
    this.#signaling = lobby.signaling;
    return lobby;
  }

  async #join({ name, microphoneId }: JoinOptions): Promise<void> {
    const [{ signaling, self }, microphone] = await Promise.all([
      this.#lobby,
      this.#openMicrophone(microphoneId),
    ]);
    if (this.#store.isOver()) return;
    const { callId, mode, topology } = this.#invite;
    const { isMuted } = this.#store.state;
    const joining = signaling.request('join', {
      ...{ callId: callIdSchema.parse(callId), mode, topology },
      ...{ name: displayName.parse(name), isMuted },
    });
    const transports = topology === 'room' ? askTransports(signaling) : undefined;
    const joined = await joining;
    performance.mark('earshot:joined');
    if (this.#store.isOver()) return;
    if (joined.mode !== mode || joined.topology !== topology) {
      throw new CallError('mode-refused', 'the server joined another mode or topology');
    }
    if (joined.self.id !== self.id || joined.self.order !== self.order) {
      throw new CallError('internal', 'joined as somebody else than in the lobby');
    }
    this.#store.dispatch({
      kind: 'joined',
      participants: joined.participants,
      isLab: signaling.isLab,
      atMs: Date.now(),
    });
    this.#setUp({ joined, transports }, { signaling, microphone });
    if (this.#store.state.isMuted !== isMuted) this.#tellMuted();
  }

  /** Media and what watches over it; from then on nothing that the server says has to wait. */
  #setUp(
    { joined, transports }: Pick<OpenMediaOptions, 'joined' | 'transports'>,
    own: { readonly signaling: SignalingClient; readonly microphone: MicrophoneGate },
  ): void {
    const { signaling, microphone } = own;
    const people = this.#people;
    if (people === undefined) throw new CallError('internal', 'nobody to be met');
    const media = openMedia({
      ...{ joined, transports, signaling, keys: this.#keys, people, gate: microphone },
      ...{ store: this.#store, audio: this.#audio, fail: this.#fail },
    });
    this.#media = media;
    for (const participant of joined.participants) people.meet(participant);
    const monitor = new CallMonitor({
      media,
      keys: this.#keys,
      selfLevel: () => microphone.level(),
      onMeasurement: (measurement) => {
        this.#store.dispatch({ kind: 'measured', measurement });
      },
      onFailure: this.#fail,
    });
    this.#store.own(() => {
      monitor.close();
    });
    this.#events.reach('call');
  }

  async #openMicrophone(deviceId: string | undefined): Promise<MicrophoneGate> {
    const microphone = await MicrophoneGate.open({
      deviceId,
      isMuted: () => this.#store.state.isMuted,
      onReplaced: async (track) => {
        await this.#media?.replaceTrack(track);
      },
      onFailure: this.#fail,
    });
    this.#microphone = microphone;
    this.#store.own(() => {
      microphone.close();
    });
    return microphone;
  }

  #receive(event: ServerEvent): void {
    if (this.#store.isOver()) return;
    switch (event.name) {
      case 'peerArrived':
        this.#people?.arrived(event.payload.peer);
        return;
      case 'peerGone':
        this.#people?.gone(event.payload.participantId);
        return;
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

  readonly #fail = (error: unknown): void => {
    if (this.#store.isOver()) return;
    const reason = this.#reasonOf(error);
    performance.mark('earshot:failure', { detail: String(error) });
    // A defect of this program, for whoever looks at its console.
    if (reason === 'internal') reportError(error);
    this.#store.end(reason);
  };

  /** Who is not in the call yet has no place in it to lose: the server is just not there. */
  #reasonOf(error: unknown): EndReason {
    const reason = endReasonOf(error);
    const isJoined = this.#store.state.joinedAt !== undefined;
    return reason === 'session-lost' && !isJoined ? 'server-unreachable' : reason;
  }
}
