/** One RTCPeerConnection of a direct call. Who joined first offers, also when ICE restarts, so offers never cross. */
import { addCryptoLines, takeCryptoLines } from '@earshot/keying/sdes';
import {
  ProtocolError,
  type EventPayload,
  type IceCandidate,
  type Participant,
  type ParticipantId,
} from '@earshot/protocol';
import { transformedConnection } from '../platform/encoded-transform.ts';
import { CallError } from './call-api.ts';
import { LinkWatch } from './link-watch.ts';
import { newPipeId, type MediaEvent, type MediaOptions, type MediaReport } from './media-port.ts';
import { restrictOpus } from './opus-sdp.ts';

export type PeerEvent = Extract<MediaEvent, { name: 'offer' | 'answer' | 'candidate' }>;

export class DirectConnection {
  readonly personId: ParticipantId;
  readonly #options: MediaOptions;
  readonly #isOfferer: boolean;
  readonly #connection: RTCPeerConnection;
  readonly #watch: LinkWatch;
  readonly #pipeId = newPipeId();
  #transceiver: RTCRtpTransceiver | undefined;
  /** Descriptions and candidates are handled one after the other, in the order they came. */
  #queue: Promise<void> = Promise.resolve();
  #earlyCandidates: (RTCIceCandidateInit | null)[] = [];
  #ownCryptoLines: readonly string[] | undefined;
  #theirCryptoLines: readonly string[] | undefined;
  #isClosed = false;

  constructor(options: MediaOptions, person: Participant) {
    this.#options = options;
    this.personId = person.id;
    this.#isOfferer = options.self.order < person.order;
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
    // From the person's arrival on, whoever of the two is late.
    this.#watch.update('connecting');
    if (this.#isOfferer) this.#enqueue(() => this.#begin());
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
    await this.#transceiver?.sender.replaceTrack(track);
  }

  signalingCameBack(): void {
    this.#watch.retryNow();
  }

  async measure(): Promise<MediaReport> {
    const track = this.#transceiver?.receiver.track;
    return {
      pipeId: this.#transceiver === undefined ? undefined : this.#pipeId,
      reports: [await this.#connection.getStats()],
      personByTrackId: new Map(track === undefined ? [] : [[track.id, this.personId]]),
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
    this.#connection.close();
  }

  /** Sets up both ends of the new transceiver, without leaving the current task. */
  #adopt(transceiver: RTCRtpTransceiver): void {
    const { keys } = this.#options;
    keys?.sealSender(transceiver.sender, this.#pipeId);
    keys?.openReceiver(transceiver.receiver, this.personId);
    this.#transceiver = transceiver;
    const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
    // Nothing but Opus: RED (RFC 2198) would repeat frames outside the transform's count.
    transceiver.setCodecPreferences(
      codecs.filter((codec) => codec.mimeType.toLowerCase() === 'audio/opus'),
    );
    this.#options.onSender(this.#pipeId);
    this.#options.onReceiver(this.personId, transceiver.receiver);
  }

  async #begin(): Promise<void> {
    const { track, stream } = this.#options.microphone;
    // The transforms must be set in this very task, the receiver's included: later ones are never called.
    this.#adopt(
      this.#connection.addTransceiver(track, { direction: 'sendrecv', streams: [stream] }),
    );
    await this.#offer();
  }

  async #offer(): Promise<void> {
    const { mode, keys, signaling } = this.#options;
    const offer = await this.#connection.createOffer();
    await this.#connection.setLocalDescription(offer);
    let sdp = restrictOpus(offer.sdp ?? '', mode);
    if (mode === 'sdes' && keys !== undefined) {
      this.#ownCryptoLines ??= await keys.askSdes({ op: 'offerLines' });
      sdp = addCryptoLines(sdp, this.#ownCryptoLines);
    }
    await signaling.request('offer', { to: this.personId, sdp });
  }

  async #acceptOffer(payload: EventPayload<'offer'>): Promise<void> {
    if (this.#isOfferer) throw new CallError('internal', 'an offer from the answering side');
    const { mode, microphone, signaling } = this.#options;
    await this.#connection.setRemoteDescription({
      type: 'offer',
      sdp: restrictOpus(await this.#takeTheirKeys(payload.sdp), mode),
    });
    if (this.#transceiver === undefined) {
      const transceiver = this.#connection.getTransceivers()[0];
      if (transceiver === undefined) throw new CallError('internal', 'an offer without audio');
      // In the continuation of setRemoteDescription: see `#adopt`.
      this.#adopt(transceiver);
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(microphone.track);
    }
    await this.#addEarlyCandidates();
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    const sdp = restrictOpus(answer.sdp ?? '', mode);
    await signaling.request('answer', {
      to: this.personId,
      sdp: mode === 'sdes' ? addCryptoLines(sdp, this.#ownCryptoLines ?? []) : sdp,
    });
  }

  async #acceptAnswer(payload: EventPayload<'answer'>): Promise<void> {
    if (!this.#isOfferer) throw new CallError('internal', 'an answer to no offer');
    await this.#connection.setRemoteDescription({
      type: 'answer',
      sdp: restrictOpus(await this.#takeTheirKeys(payload.sdp), this.#options.mode),
    });
    await this.#addEarlyCandidates();
  }

  /** Takes the `a=crypto` lines out and hands them to the worker. Repeated ones (ICE restart) change nothing. */
  async #takeTheirKeys(sdp: string): Promise<string> {
    const { mode, keys } = this.#options;
    if (mode !== 'sdes' || keys === undefined) return sdp;
    const { sdp: plainSdp, lines } = takeCryptoLines(sdp);
    if (this.#theirCryptoLines !== undefined) {
      if (this.#theirCryptoLines.join('\n') === lines.join('\n')) return plainSdp;
      throw new CallError('handshake-failed', 'the other side changed its a=crypto lines');
    }
    this.#theirCryptoLines = lines;
    if (this.#isOfferer) {
      await keys.askSdes({ op: 'acceptAnswer', peerId: this.personId, lines });
    } else {
      this.#ownCryptoLines = await keys.askSdes({
        op: 'acceptOffer',
        peerId: this.personId,
        lines,
      });
    }
    return plainSdp;
  }

  #restartIce(): void {
    if (!this.#isOfferer || !this.#options.signaling.isUp) return;
    // An offer is out already; its answer may be on the way.
    if (this.#connection.signalingState !== 'stable') return;
    this.#connection.restartIce();
    this.#enqueue(() => this.#offer());
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    this.#options.signaling
      .request('candidate', { to: this.personId, candidate: candidate && toWire(candidate) })
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
