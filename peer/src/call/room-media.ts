/** Media of a room: one transport to the media server and one from it, over signaling. */
import {
  ProtocolError,
  type ParticipantId,
  type ProducerInfo,
  type ServerEvent,
} from '@earshot/protocol';
import { opusSender, plainCapabilities } from '../rtp/opus-parameters.ts';
import { readRtp } from '../rtp/rtp-packet.ts';
import { RtpStream } from '../rtp/rtp-stream.ts';
import { connectTransport } from '../webrtc/transport-description.ts';
import { WebRtcEndpoint } from '../webrtc/webrtc-endpoint.ts';
import type { MemberMedia, MemberMediaOptions } from './member-media.ts';

export interface RoomMediaOptions extends MemberMediaOptions {
  /** A speaker hears nobody, a listener says nothing: half the connections. */
  readonly part: 'both' | 'speaker' | 'listener';
}

/** Lost with the media worker: `mediaLost` is a failure, not a reason to begin again. */
export class RoomMedia implements MemberMedia {
  readonly connected: Promise<unknown>;
  readonly #options: RoomMediaOptions;
  readonly #stream = new RtpStream({ payloadType: 111 });
  readonly #sending: WebRtcEndpoint | undefined;
  readonly #receiving: WebRtcEndpoint | undefined;
  /** The id of the transport from the server, when it is connected. */
  readonly #receivingId: Promise<string | undefined>;
  readonly #personBySsrc = new Map<number, ParticipantId>();
  readonly #ssrcByProducer = new Map<string, number>();
  #isClosed = false;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    const { part, membership } = options;
    if (part !== 'listener') {
      this.#sending = new WebRtcEndpoint({ direction: 'send', ssrc: this.#stream.ssrc });
    }
    if (part !== 'speaker') {
      this.#receiving = new WebRtcEndpoint({
        direction: 'receive',
        onRtp: (packet) => {
          this.#receiveRtp(packet);
        },
      });
    }
    this.#receivingId = this.#connectReceiving();
    this.connected = Promise.all([this.#connectSending(), this.#receivingId]);
    this.connected.catch((error: unknown) => {
      if (!this.#isClosed) options.onFailure(error);
    });
    for (const producer of membership.joined.producers) this.#follow(producer);
  }

  timestampOf(frameIndex: number): number {
    return this.#stream.timestampOf(frameIndex);
  }

  send(frameIndex: number, payload: Uint8Array): void {
    this.#sending?.send(this.#stream.packet(frameIndex, payload));
  }

  receive(event: ServerEvent): void {
    if (event.name === 'producerAdded') this.#follow(event.payload);
    else if (event.name === 'producerRemoved') {
      const ssrc = this.#ssrcByProducer.get(event.payload.producerId);
      this.#ssrcByProducer.delete(event.payload.producerId);
      if (ssrc !== undefined) this.#personBySsrc.delete(ssrc);
    } else if (event.name === 'mediaLost') {
      this.#options.onFailure(new ProtocolError('media-lost'));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#sending?.close(), this.#receiving?.close()]);
  }

  async #connectSending(): Promise<void> {
    const endpoint = this.#sending;
    if (endpoint === undefined) return;
    const { membership, keys } = this.#options;
    const transport = await membership.request('createTransport', { direction: 'send' });
    const crypto = keys.announce();
    // Before the connection is up: no packet can come before its producer.
    await membership.request('produce', {
      transportId: transport.id,
      rtpParameters: opusSender(this.#stream),
      ...(crypto === undefined ? {} : { crypto }),
    });
    await connectTransport(endpoint, {
      transport,
      serverDirection: 'receives',
      connect: (dtlsParameters) =>
        membership.request('connectTransport', { transportId: transport.id, dtlsParameters }),
    });
  }

  async #connectReceiving(): Promise<string | undefined> {
    const endpoint = this.#receiving;
    if (endpoint === undefined) return undefined;
    const { membership } = this.#options;
    const transport = await membership.request('createTransport', { direction: 'receive' });
    await connectTransport(endpoint, {
      transport,
      serverDirection: 'sends',
      connect: (dtlsParameters) =>
        membership.request('connectTransport', { transportId: transport.id, dtlsParameters }),
    });
    return transport.id;
  }

  #follow(producer: ProducerInfo): void {
    this.#consume(producer).catch((error: unknown) => {
      // The producer left, which its event says.
      const isPassing = error instanceof ProtocolError && error.code === 'media-unknown';
      if (!this.#isClosed && !isPassing) this.#options.onFailure(error);
    });
  }

  async #consume({ producerId, participantId, crypto }: ProducerInfo): Promise<void> {
    if (this.#receiving === undefined) return;
    const { membership, keys } = this.#options;
    keys.acceptAnnouncement(participantId, crypto);
    const transportId = await this.#receivingId;
    if (transportId === undefined) return;
    const { consumerId, rtpParameters } = await membership.request('consume', {
      ...{ transportId, producerId },
      rtpCapabilities: plainCapabilities(membership.joined.rtpCapabilities),
    });
    const ssrc = rtpParameters.encodings?.[0]?.ssrc;
    if (ssrc === undefined) throw new ProtocolError('bad-message', 'a consumer without SSRC');
    this.#personBySsrc.set(ssrc, participantId);
    this.#ssrcByProducer.set(producerId, ssrc);
    await membership.request('resumeConsumer', { consumerId });
  }

  #receiveRtp(packet: Uint8Array): void {
    const rtp = readRtp(packet);
    const from = rtp && this.#personBySsrc.get(rtp.ssrc);
    if (rtp === undefined || from === undefined) return;
    this.#options.onFrame({ from, timestamp: rtp.timestamp, payload: rtp.payload });
  }
}
