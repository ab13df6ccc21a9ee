/**
 * One RTCPeerConnection of a direct call, to nobody at first: microphone and transforms are set up while who is alone
 * waits for somebody, or a newcomer for the offer. Who came first offers, also when ICE restarts, so offers never cross.
 */
import {
  ProtocolError,
  type EventPayload,
  type IceCandidate,
  type Participant,
  type ParticipantId,
} from '@earshot/protocol';
import { transformedConnection } from '../platform/encoded-transform.ts';
import { CallError } from './call-api.ts';
import { CryptoLines } from './crypto-lines.ts';
import { LinkWatch } from './link-watch.ts';
import {
  newPipeId,
  noReport,
  type MediaEvent,
  type MediaOptions,
  type MediaReport,
} from './media-port.ts';
import { restrictOpus } from './opus-sdp.ts';

export type PeerEvent = Extract<MediaEvent, { name: 'offer' | 'answer' | 'candidate' }>;

export class DirectConnection {
  readonly #options: MediaOptions;
  readonly #connection: RTCPeerConnection;
  readonly #transceiver: RTCRtpTransceiver;
  readonly #watch: LinkWatch;
  /** In `sdes` only. */
  readonly #cryptoLines: CryptoLines | undefined;
  readonly #sendPipeId = newPipeId();
  readonly #receivePipeId = newPipeId();
  #person: Participant | undefined;
  /** The own description went out for the first time. */
  readonly #described: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Descriptions and candidates are handled one after the other, in the order they came. */
  #queue: Promise<void> = Promise.resolve();
  #earlyCandidates: (RTCIceCandidateInit | null)[] = [];
  #isClosed = false;

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#connection = new RTCPeerConnection({
      iceServers: options.iceServers.map(toRtcIceServer),
      bundlePolicy: 'max-bundle',
      ...(options.keys !== undefined && transformedConnection),
    });
    this.#watch = new LinkWatch({
      onLink: options.onLink,
      onRestart: () => {
        this.#restartIce();
      },
      onGiveUp: () => {
        options.onFailure(new CallError('connection-failed', 'ICE found no way'));
      },
    });
    this.#connection.addEventListener('connectionstatechange', () => {
      this.#watch.update(this.#connection.connectionState);
    });
    this.#connection.addEventListener('icecandidate', ({ candidate }) => {
      this.#sendCandidate(candidate);
    });
    const { mode, keys } = options;
    if (mode === 'sdes' && keys !== undefined) this.#cryptoLines = new CryptoLines(keys);
    this.#transceiver = this.#addMicrophone();
    this.#enqueue(() => this.#draft());
  }

  /** Undefined before `meet`. */
  get personId(): ParticipantId | undefined {
    return this.#person?.id;
  }

  /** Connects with them. Once. @returns as `CallMedia.addPerson` */
  meet(person: Participant): Promise<void> {
    const { keys, onSender, onReceiver, onFailure } = this.#options;
    this.#person = person;
    keys?.openFor(this.#receivePipeId, person.id);
    onSender(this.#sendPipeId);
    // From the person's arrival on, whoever of the two is late.
    this.#watch.update('connecting');
    if (this.#isOfferer()) this.#enqueue(() => this.#offer());
    // What plays the sound takes the page a while, and the other side waits for the description.
    const listen = (): void => {
      if (this.#isLive()) onReceiver(person.id, this.#transceiver.receiver);
    };
    return this.#described.promise.then(listen).catch(onFailure);
  }

  receive(event: PeerEvent): void {
    this.#enqueue(async () => {
      switch (event.name) {
        case 'offer':
          await this.#acceptOffer(event.payload);
          return;
        case 'answer':
          await this.#acceptAnswer(event.payload);
          return;
        case 'candidate':
          await this.#acceptCandidate(event.payload.candidate);
      }
    });
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#transceiver.sender.replaceTrack(track);
  }

  signalingCameBack(): void {
    this.#watch.retryNow();
  }

  async measure(): Promise<MediaReport> {
    const { personId } = this;
    if (personId === undefined) return noReport;
    return {
      pipeId: this.#sendPipeId,
      reports: [await this.#connection.getStats()],
      personByTrackId: new Map([[this.#transceiver.receiver.track.id, personId]]),
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#described.resolve();
    this.#watch.close();
    this.#connection.close();
  }

  /**
   * By `addTrack`: unlike one of `addTransceiver`, its transceiver takes the audio of an offer too. The transforms must
   * be set in this very task, the receiver's included: later ones are never called.
   */
  #addMicrophone(): RTCRtpTransceiver {
    const { keys, microphone } = this.#options;
    this.#connection.addTrack(microphone.track, microphone.stream);
    const transceiver = this.#connection.getTransceivers()[0];
    if (transceiver === undefined) throw new CallError('internal', 'a track without a transceiver');
    keys?.sealSender(transceiver.sender, this.#sendPipeId);
    keys?.openReceiver(transceiver.receiver, this.#receivePipeId);
    const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
    // Nothing but Opus: RED (RFC 2198) would repeat frames outside the transform's count.
    transceiver.setCodecPreferences(
      codecs.filter((codec) => codec.mimeType.toLowerCase() === 'audio/opus'),
    );
    return transceiver;
  }

  /** The first offer of a connection takes longer than all that follow; this one goes nowhere. */
  async #draft(): Promise<void> {
    if (this.#person === undefined) await this.#connection.createOffer();
  }

  async #offer(): Promise<void> {
    const { mode, signaling } = this.#options;
    const offer = await this.#connection.createOffer();
    await this.#connection.setLocalDescription(offer);
    const plain = restrictOpus(offer.sdp ?? '', mode);
    const sdp = (await this.#cryptoLines?.withOwnOffer(plain)) ?? plain;
    const offered = signaling.request('offer', { to: this.#met().id, sdp });
    this.#described.resolve();
    await offered;
  }

  async #acceptOffer(payload: EventPayload<'offer'>): Promise<void> {
    if (this.#isOfferer()) throw new CallError('internal', 'an offer from the answering side');
    const { mode, signaling } = this.#options;
    await this.#setTheirs('offer', payload.sdp);
    if (this.#transceiver.mid === null) throw new CallError('internal', 'an offer without audio');
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    const plain = restrictOpus(answer.sdp ?? '', mode);
    const sdp = this.#cryptoLines?.withOwnAnswer(plain) ?? plain;
    const answered = signaling.request('answer', { to: this.#met().id, sdp });
    this.#described.resolve();
    await Promise.all([answered, this.#addEarlyCandidates()]);
  }

  async #acceptAnswer(payload: EventPayload<'answer'>): Promise<void> {
    if (!this.#isOfferer()) throw new CallError('internal', 'an answer to no offer');
    await this.#setTheirs('answer', payload.sdp);
    await this.#addEarlyCandidates();
  }

  async #setTheirs(type: 'offer' | 'answer', sdp: string): Promise<void> {
    const plain = await this.#cryptoLines?.takeFrom(this.#met().id, { type, sdp });
    await this.#connection.setRemoteDescription({
      type,
      sdp: restrictOpus(plain ?? sdp, this.#options.mode),
    });
  }

  #restartIce(): void {
    if (!this.#isOfferer() || !this.#options.signaling.isUp) return;
    // An offer is out already; its answer may be on the way.
    if (this.#connection.signalingState !== 'stable') return;
    this.#connection.restartIce();
    this.#enqueue(() => this.#offer());
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    this.#options.signaling
      .request('candidate', { to: this.#met().id, candidate: candidate && toWire(candidate) })
      // A candidate that finds nobody is no loss: who left is announced by itself.
      .catch(() => undefined);
  }

  async #acceptCandidate(candidate: IceCandidate | null): Promise<void> {
    if (this.#connection.remoteDescription === null) {
      this.#earlyCandidates.push(candidate);
      return;
    }
    await this.#addCandidate(candidate);
  }

  async #addEarlyCandidates(): Promise<void> {
    const candidates = this.#earlyCandidates;
    this.#earlyCandidates = [];
    for (const candidate of candidates) await this.#addCandidate(candidate);
  }

  /** Candidates of an earlier ICE generation are refused by the browser; the others connect. */
  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #met(): Participant {
    if (this.#person === undefined) throw new CallError('internal', 'a connection to nobody');
    return this.#person;
  }

  #isOfferer(): boolean {
    return this.#options.self.order < this.#met().order;
  }

  #isLive(): boolean {
    return !this.#isClosed;
  }

  #enqueue(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (!this.#isLive()) return;
      try {
        await step();
      } catch (error) {
        if (this.#isLive() && !isAboutLeaving(error)) this.#options.onFailure(error);
      }
    });
  }
}

/** The other person left a moment ago, which their `participantLeft` is about to say. */
function isAboutLeaving(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === 'participant-unknown';
}

function toWire(candidate: RTCIceCandidate): IceCandidate {
  return {
    candidate: candidate.candidate,
    sdpMid: candidate.sdpMid,
    sdpMLineIndex: candidate.sdpMLineIndex,
    usernameFragment: candidate.usernameFragment,
  };
}

function toRtcIceServer(server: MediaOptions['iceServers'][number]): RTCIceServer {
  return {
    urls: server.urls,
    ...(server.username !== undefined && { username: server.username }),
    ...(server.credential !== undefined && { credential: server.credential }),
  };
}
