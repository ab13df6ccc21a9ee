/** Someone in a room of mediasoup's: bare and within Earshot the same, but for who passes the words on. */
import { opusSender } from '@earshot/peer/opus-parameters';
import { connectTransport } from '@earshot/peer/transport-description';
import { WebRtcEndpoint } from '@earshot/peer/webrtc-endpoint';
import type {
  DtlsParameters,
  RtpParameters,
  TransportDirection,
  TransportOptions,
} from '@earshot/protocol';
import type { RoomPerson, SpokenStream } from './forwarding-server.ts';
import { spokenStream } from './spoken-stream.ts';

/** The words. */
export interface MediasoupSeat {
  createTransport(direction: TransportDirection): Promise<TransportOptions>;
  connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<unknown>;
  /** @returns the producer's id. */
  produce(transportId: string, rtpParameters: RtpParameters): Promise<string>;
  /** Packets flow when it resolves. */
  consume(transportId: string, producerId: string): Promise<unknown>;
}

/** What a room's people know of each other. */
export type RoomProducers = Map<MediasoupPerson, string>;

/** RFC 3551 section 6: dynamic, and mediasoup's choice as well as browsers'. */
const payloadType = 111;

export class MediasoupPerson implements RoomPerson {
  readonly #seat: MediasoupSeat;
  readonly #producers: RoomProducers;
  readonly #endpoints: AsyncDisposableStack;

  /** `endpoints`: whoever disposes of it closes the connections. */
  constructor(seat: MediasoupSeat, producers: RoomProducers, endpoints: AsyncDisposableStack) {
    this.#seat = seat;
    this.#producers = producers;
    this.#endpoints = endpoints;
  }

  async speak(): Promise<SpokenStream> {
    const endpoint = this.#open({ direction: 'send' });
    const transport = await this.#seat.createTransport('send');
    const { ssrc } = endpoint;
    const producerId = await this.#seat.produce(transport.id, opusSender({ ssrc, payloadType }));
    this.#producers.set(this, producerId);
    await this.#connect(endpoint, transport, 'receives');
    return spokenStream(endpoint);
  }

  async listen(onRtp?: (packet: Uint8Array) => void): Promise<void> {
    const endpoint = this.#open({
      direction: 'receive',
      ...(onRtp === undefined ? {} : { onRtp }),
    });
    const transport = await this.#seat.createTransport('receive');
    await this.#connect(endpoint, transport, 'sends');
    const others = [...this.#producers].filter(([person]) => person !== this);
    await Promise.all(others.map(([, id]) => this.#seat.consume(transport.id, id)));
  }

  #open(options: ConstructorParameters<typeof WebRtcEndpoint>[0]): WebRtcEndpoint {
    const endpoint = new WebRtcEndpoint(options);
    this.#endpoints.defer(() => endpoint.close());
    return endpoint;
  }

  #connect(
    endpoint: WebRtcEndpoint,
    transport: TransportOptions,
    serverDirection: 'receives' | 'sends',
  ): Promise<void> {
    return connectTransport(endpoint, {
      ...{ transport, serverDirection },
      connect: (dtlsParameters) => this.#seat.connectTransport(transport.id, dtlsParameters),
    });
  }
}
