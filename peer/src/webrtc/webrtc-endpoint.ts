/**
 * One DTLS-SRTP connection with one audio stream (RFC 8834), by libdatachannel: whole RTP packets in and
 * out, unread. Towards a browser by offer and answer, towards the media server by `transport-description`.
 */
import { randomInt } from 'node:crypto';
import { isRtcp } from '@earshot/keying/srtp';
import { Audio, PeerConnection, type DescriptionType, type Track } from 'node-datachannel';
import { holdNativeThreads } from './native-threads.ts';

/** RFC 3551 section 6: dynamic; what an offer proposes. */
const offeredPayloadType = 111;
const mid = '0';
/** RFC 7587 section 6.1: speech, one channel. */
const opusParameters = 'minptime=10;useinbandfec=1';

export interface WebRtcEndpointOptions {
  readonly direction: 'send' | 'receive' | 'both';
  /** Of the packets that it will send, 32 bits; drawn if absent. */
  readonly ssrc?: number;
  /** IPv4 address of this host, the only one it uses; default 127.0.0.1. */
  readonly address?: string;
  /** Each RTP packet received, of whatever SSRC. */
  readonly onRtp?: (packet: Uint8Array) => void;
  /**
   * Own ICE candidates (RFC 8839 section 5.1, beginning with `candidate:`), after the description; of
   * who offers, after the answer.
   */
  readonly onCandidate?: (candidate: EndpointCandidate) => void;
  /** It was up and is no more, other than by `close()`. */
  readonly onLost?: () => void;
}

export interface EndpointCandidate {
  readonly candidate: string;
  readonly mid: string;
}

const directions = { send: 'SendOnly', receive: 'RecvOnly', both: 'SendRecv' } as const;

export class WebRtcEndpoint {
  /** Of the packets that it sends; stands in its descriptions. */
  readonly ssrc: number;
  /** Resolves when packets can pass; rejects when they never will. */
  readonly opened: Promise<unknown>;
  readonly #options: WebRtcEndpointOptions;
  readonly #connection: PeerConnection;
  readonly #opening = Promise.withResolvers<undefined>();
  #payloadType = offeredPayloadType;
  readonly #closed = Promise.withResolvers<undefined>();
  readonly #releaseThreads = holdNativeThreads();
  #track: Track | undefined;
  /** Found before they may be told. */
  #candidates: EndpointCandidate[] | undefined;
  #isOpen = false;
  #isClosed = false;

  constructor(options: WebRtcEndpointOptions) {
    this.#options = options;
    this.ssrc = options.ssrc ?? randomInt(2 ** 32);
    this.opened = this.#opening.promise;
    // Whoever does not wait for it need not hear of it.
    this.opened.catch(() => undefined);
    this.#connection = new PeerConnection('earshot', {
      iceServers: [],
      disableAutoNegotiation: true,
      bindAddress: options.address ?? '127.0.0.1',
    });
    this.#connection.onLocalCandidate((candidate, candidateMid) => {
      const own = { candidate: candidate.replace(/^a=/, ''), mid: candidateMid };
      if (this.#candidates !== undefined) this.#candidates.push(own);
      else this.#tell(own);
    });
    this.#connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') {
        this.#opening.reject(new Error(`connection ${state}`));
      }
      if (state === 'disconnected' || state === 'failed' || state === 'closed') this.#lose();
      if (state === 'closed') this.#closed.resolve(undefined);
    });
  }

  /** Of Opus, as agreed on. */
  get payloadType(): number {
    return this.#payloadType;
  }

  /** SHA-256 of the other side's certificate, as the DTLS handshake proved it; colons between bytes. */
  get remoteFingerprint(): string {
    return this.#connection.remoteFingerprint().value;
  }

  /** @returns the offer, without candidates. */
  createOffer(): Promise<string> {
    // Libdatachannel 0.24.5 lets ICE connect before it has stored an answer's fingerprint, and refuses every
    // certificate until then (its pull request 1612). Who cannot be reached yet is not that fast.
    this.#candidates = [];
    this.#addTrack(mid);
    return this.#describe('offer');
  }

  /** @throws Error when it is not an answer that fits. */
  acceptAnswer(sdp: string): void {
    this.#connection.setRemoteDescription(sdp, 'answer');
    const found = this.#candidates ?? [];
    this.#candidates = undefined;
    for (const candidate of found) this.#tell(candidate);
  }

  /**
   * @returns the answer, without candidates.
   * @throws RangeError for an offer without an Opus stream; Error for one that cannot be read.
   */
  acceptOffer(sdp: string): Promise<string> {
    const payloadType = /^a=rtpmap:(\d{1,3}) opus\/48000/im.exec(sdp)?.[1];
    const offeredMid = /^a=mid:(\S+)/m.exec(sdp)?.[1];
    if (payloadType === undefined || offeredMid === undefined) {
      throw new RangeError('an offer without Opus');
    }
    this.#payloadType = Number(payloadType);
    this.#addTrack(offeredMid);
    this.#connection.setRemoteDescription(sdp, 'offer');
    return this.#describe('answer');
  }

  /** After the other side's description. One that cannot be used (a name, TCP) is ignored. */
  addCandidate({ candidate, mid: candidateMid }: EndpointCandidate): void {
    if (this.#isClosed || candidate === '') return;
    try {
      this.#connection.addRemoteCandidate(candidate, candidateMid);
    } catch {
      // Another one connects, or none: then `opened` says so.
    }
  }

  /** @returns whether it went: not before `opened`, and not after the end. */
  send(rtp: Uint8Array): boolean {
    if (!this.#isOpen || this.#isClosed || this.#track === undefined) return false;
    try {
      return this.#track.sendMessageBinary(Buffer.from(rtp.buffer, rtp.byteOffset, rtp.byteLength));
    } catch {
      // The other side ended it a moment ago. Thrown out of a packet's callback this would end the process.
      return false;
    }
  }

  /** Resolves when its socket is gone. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#opening.reject(new Error('closed'));
      this.#connection.close();
    }
    await this.#closed.promise;
    this.#releaseThreads();
  }

  #tell(candidate: EndpointCandidate): void {
    if (!this.#isClosed) this.#options.onCandidate?.(candidate);
  }

  #addTrack(trackMid: string): void {
    if (this.#track !== undefined) throw new TypeError('described already');
    const { direction, onRtp } = this.#options;
    const audio = new Audio(trackMid, directions[direction]);
    audio.addOpusCodec(this.#payloadType, opusParameters);
    if (direction !== 'receive') audio.addSSRC(this.ssrc, 'earshot', 'earshot', 'audio');
    const track = this.#connection.addTrack(audio);
    track.onOpen(() => {
      if (this.#isClosed) return;
      this.#isOpen = true;
      this.#opening.resolve(undefined);
    });
    // Where nobody reads, no packet comes up into JavaScript: that is most of what receiving costs.
    if (onRtp !== undefined) {
      track.onMessage((message) => {
        if (!this.#isClosed && !isRtcp(message)) onRtp(message);
      });
    }
    this.#track = track;
  }

  #describe(type: DescriptionType): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#connection.onLocalDescription(resolve);
    this.opened.catch(reject);
    this.#connection.setLocalDescription(type);
    return promise;
  }

  #lose(): void {
    if (this.#isClosed || !this.#isOpen) return;
    this.#isOpen = false;
    this.#options.onLost?.();
  }
}
