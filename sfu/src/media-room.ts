/** One call's room: a router, and the media of the participants on it. */
import {
  ProtocolError,
  type ConsumerOptions,
  type DtlsParameters,
  type IceParameters,
  type ParticipantId,
  type RtpCapabilities,
  type RtpParameters,
  type TransportDirection,
  type TransportOptions,
} from '@earshot/protocol';
import type { types } from 'mediasoup';
import type { ConsumeOptions, MediaRoom, OpenRoomOptions } from './api.ts';
import type { MediaLog } from './media-log.ts';
import { toProtocolError, unknownMedia } from './media-errors.ts';
import { offeredExtensions, opusCodec } from './opus.ts';
import { ParticipantMedia, type RoomGround } from './participant-media.ts';
import { fromRouterCapabilities } from './rtp-conversion.ts';
import { RtpTap } from './rtp-tap.ts';

export interface RouterRoomOptions extends OpenRoomOptions {
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  readonly log: MediaLog;
  /** The room closed, or its worker died. Called once, before `onLost`. */
  readonly onClosed: (room: RouterRoom) => void;
}

export class RouterRoom implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  readonly #options: RouterRoomOptions;
  readonly #ground: RoomGround;
  readonly #participants = new Map<ParticipantId, ParticipantMedia>();
  #state: 'open' | 'closed' | 'lost' = 'open';

  private constructor(options: RouterRoomOptions, ground: RoomGround) {
    this.#options = options;
    this.#ground = ground;
    this.rtpCapabilities = fromRouterCapabilities(
      ground.router.rtpCapabilities,
      ground.offeredExtensions,
    );
    // Emitted when the worker dies, and when it is closed; by then its rooms are closed already.
    ground.router.once('workerclose', () => this.#lose());
  }

  /** @throws ProtocolError `media-lost` when the worker dies meanwhile. */
  static async open(options: RouterRoomOptions): Promise<RouterRoom> {
    const { worker, webRtcServer, onRtp } = options;
    let router: types.Router | undefined;
    try {
      router = await worker.createRouter({ mediaCodecs: [opusCodec] });
      const tap = onRtp === undefined ? undefined : await RtpTap.open(router, onRtp);
      // It may have died between its answer and this line; then nobody would tell the room.
      if (worker.closed) throw new ProtocolError('media-lost');
      return new RouterRoom(options, {
        router,
        webRtcServer,
        offeredExtensions: offeredExtensions(options),
        tap,
      });
    } catch (cause) {
      router?.close();
      throw toProtocolError(cause);
    }
  }

  get producerCount(): number {
    return this.#sum((participant) => participant.producerCount);
  }

  get consumerCount(): number {
    return this.#sum((participant) => participant.consumerCount);
  }

  createTransport(
    participantId: ParticipantId,
    direction: TransportDirection,
  ): Promise<TransportOptions> {
    return this.#run('createTransport', () => {
      let participant = this.#participants.get(participantId);
      if (participant === undefined) {
        participant = new ParticipantMedia(this.#ground, participantId);
        this.#participants.set(participantId, participant);
      }
      return participant.createTransport(direction);
    });
  }

  connectTransport(
    participantId: ParticipantId,
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void> {
    return this.#run('connectTransport', () =>
      this.#participant(participantId).connectTransport(transportId, dtlsParameters),
    );
  }

  restartIce(participantId: ParticipantId, transportId: string): Promise<IceParameters> {
    return this.#run('restartIce', () => this.#participant(participantId).restartIce(transportId));
  }

  produce(
    participantId: ParticipantId,
    transportId: string,
    rtpParameters: RtpParameters,
  ): Promise<string> {
    return this.#run('produce', () =>
      this.#participant(participantId).produce(transportId, rtpParameters),
    );
  }

  consume(options: ConsumeOptions): Promise<ConsumerOptions> {
    return this.#run('consume', () => this.#participant(options.participantId).consume(options));
  }

  resumeConsumer(participantId: ParticipantId, consumerId: string): Promise<void> {
    return this.#run('resumeConsumer', () =>
      this.#participant(participantId).resumeConsumer(consumerId),
    );
  }

  removeParticipant(participantId: ParticipantId): void {
    const participant = this.#participants.get(participantId);
    this.#participants.delete(participantId);
    participant?.close();
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#closeParticipants();
    this.#ground.router.close();
    this.#options.onClosed(this);
  }

  #lose(): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#closeParticipants();
    this.#options.onClosed(this);
    try {
      this.#options.onLost();
    } catch (cause) {
      this.#options.log.error({ cause: String(cause) }, 'onLost threw');
    }
  }

  #closeParticipants(): void {
    for (const participant of this.#participants.values()) participant.close();
    this.#participants.clear();
  }

  #participant(participantId: ParticipantId): ParticipantMedia {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) throw unknownMedia('participant has no transport');
    return participant;
  }

  /** Every operation passes here: refused once the room is gone, and mediasoup's errors translated. */
  async #run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      return await work();
    } catch (cause) {
      this.#assertOpen();
      const error = toProtocolError(cause);
      if (error !== cause) {
        const { log, callId } = this.#options;
        log.warn({ callId, operation, code: error.code, cause: String(cause) }, 'media refused');
      }
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#state === 'lost') throw new ProtocolError('media-lost');
    if (this.#state === 'closed') throw unknownMedia('room is closed');
  }

  #sum(count: (participant: ParticipantMedia) => number): number {
    let sum = 0;
    for (const participant of this.#participants.values()) sum += count(participant);
    return sum;
  }
}
