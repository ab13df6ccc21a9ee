/** Transports, producer and consumers of one participant in one room. */
import type {
  ConsumerOptions,
  DtlsParameters,
  IceParameters,
  ParticipantId,
  RtpParameters,
  TransportDirection,
  TransportOptions,
} from '@earshot/protocol';
import type { types } from 'mediasoup';
import type { ConsumeOptions } from './api.ts';
import { refused, unknownMedia } from './media-errors.ts';
import {
  fromConsumer,
  fromIceParameters,
  fromTransport,
  toConsumerCapabilities,
  toDtlsParameters,
  toProducerParameters,
} from './rtp-conversion.ts';
import type { RtpTap } from './rtp-tap.ts';

/** What a participant's media stands on. */
export interface RoomGround {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly offeredExtensions: readonly types.RtpHeaderExtensionUri[];
  readonly tap: RtpTap | undefined;
}

/**
 * Bounds: one transport per direction, one producer, one consumer per producer. Whoever wants more is
 * refused, also while the first is still being made.
 */
export class ParticipantMedia {
  readonly #ground: RoomGround;
  readonly #participantId: ParticipantId;
  readonly #transports = new Map<TransportDirection, types.WebRtcTransport>();
  readonly #consumers = new Map<string, types.Consumer>();
  /** What is being made right now, so that two requests at once count as two. */
  readonly #underWay = new Set<string>();
  #producer: types.Producer | undefined;
  #isClosed = false;

  constructor(ground: RoomGround, participantId: ParticipantId) {
    this.#ground = ground;
    this.#participantId = participantId;
  }

  get producerCount(): number {
    return this.#producer === undefined ? 0 : 1;
  }

  get consumerCount(): number {
    return this.#consumers.size;
  }

  async createTransport(direction: TransportDirection): Promise<TransportOptions> {
    if (this.#transports.has(direction)) throw refused(`a ${direction} transport exists`);
    return this.#once(`${direction} transport`, async () => {
      const { router, webRtcServer } = this.#ground;
      const transport = this.#keep(
        await router.createWebRtcTransport({ webRtcServer, preferUdp: true }),
      );
      this.#transports.set(direction, transport);
      transport.observer.once('close', () => this.#transports.delete(direction));
      // At once: where ICE completes after DTLS has failed, the worker starts DTLS over and the state
      // is `connecting` again, for ever.
      transport.on('dtlsstatechange', (state) => {
        if (state === 'failed' || state === 'closed') transport.close();
      });
      return fromTransport(transport);
    });
  }

  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#transportOf(transportId).connect({
      dtlsParameters: toDtlsParameters(dtlsParameters),
    });
  }

  async restartIce(transportId: string): Promise<IceParameters> {
    return fromIceParameters(await this.#transportOf(transportId).restartIce());
  }

  async produce(transportId: string, rtpParameters: RtpParameters): Promise<string> {
    const transport = this.#transportOf(transportId, 'send');
    if (this.#producer !== undefined) throw refused('a producer exists');
    const { offeredExtensions, tap } = this.#ground;
    const parameters = toProducerParameters(rtpParameters, offeredExtensions);
    return this.#once('producer', async () => {
      const producer = this.#keep(
        await transport.produce({
          kind: 'audio',
          rtpParameters: parameters,
          paused: tap !== undefined,
        }),
      );
      this.#producer = producer;
      producer.observer.once('close', () => (this.#producer = undefined));
      if (tap !== undefined) await this.#startTapped(producer, tap);
      return producer.id;
    });
  }

  async consume(options: ConsumeOptions): Promise<ConsumerOptions> {
    const { producerId } = options;
    const transport = this.#transportOf(options.transportId, 'receive');
    if (producerId === this.#producer?.id) throw refused('this is your own producer');
    if ([...this.#consumers.values()].some((consumer) => consumer.producerId === producerId)) {
      throw refused('a consumer of this producer exists');
    }
    return this.#once(`consumer of ${producerId}`, async () => {
      const consumer = this.#keep(
        await transport.consume({
          producerId,
          rtpCapabilities: toConsumerCapabilities(
            options.rtpCapabilities,
            this.#ground.offeredExtensions,
          ),
          paused: true,
          ...forwardUntouched,
        }),
      );
      this.#consumers.set(consumer.id, consumer);
      consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
      return fromConsumer(consumer);
    });
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumers.get(consumerId);
    if (consumer === undefined) throw unknownMedia('consumer');
    await consumer.resume();
  }

  /** Closes the transports, and with them the producer and the consumers. Idempotent. */
  close(): void {
    this.#isClosed = true;
    // Each one deletes itself from the map.
    for (const transport of [...this.#transports.values()]) transport.close();
  }

  /** The producer forwards nothing, and nobody hears of it, before the tap is in place. */
  async #startTapped(producer: types.Producer, tap: RtpTap): Promise<void> {
    try {
      await tap.attach(producer, this.#participantId);
      await producer.resume();
      this.#keep(producer);
    } catch (cause) {
      producer.close();
      throw cause;
    }
  }

  #transportOf(transportId: string, direction?: TransportDirection): types.WebRtcTransport {
    for (const [ownDirection, transport] of this.#transports) {
      if (transport.id !== transportId) continue;
      if (direction !== undefined && direction !== ownDirection) {
        throw refused(`this is a ${ownDirection} transport`);
      }
      return transport;
    }
    throw unknownMedia('transport');
  }

  /** Runs `make`, unless the same thing is being made already. */
  async #once<T>(thing: string, make: () => Promise<T>): Promise<T> {
    if (this.#underWay.has(thing)) throw refused(`${thing} is being made`);
    this.#underWay.add(thing);
    try {
      return await make();
    } finally {
      this.#underWay.delete(thing);
    }
  }

  /** What was still being made when the participant left is closed as soon as it exists. */
  #keep<T extends { close(): void; readonly closed: boolean }>(made: T): T {
    if (this.#isClosed || made.closed) {
      made.close();
      throw unknownMedia('participant left');
    }
    return made;
  }
}

/**
 * mediasoup forwards an encrypted frame as it is. Read in its worker (3.27.1):
 * - `RTP/Codecs/Opus.cpp` reads the first payload byte as a TOC, marks one-byte packets of code 0 and 1 and
 *   two-byte packets of code 2 as DTX, and drops those only if the consumer says `ignoreDtx`. In a sealed frame
 *   that byte is a random one, so `ignoreDtx` would drop sealed frames by chance: it stays off.
 * - What it cannot parse (one byte of code 2 or 3) gets no descriptor and is forwarded all the same. Nothing
 *   writes to an Opus payload: `Encode` and `Restore` are empty.
 * - Packets without payload are dropped (`SimpleProducerStreamManager.cpp`); they carry no frame.
 * - Rewritten are payload type, SSRC, sequence number, timestamp offset and header extensions
 *   (`Producer::MangleRtpPacket`, `Consumer.cpp`): no frame format may authenticate those.
 * - RTX (RFC 4588) would put two bytes before the payload; audio has none.
 */
const forwardUntouched = { ignoreDtx: false, enableRtx: false } as const;
