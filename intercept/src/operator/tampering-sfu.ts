/**
 * Preload for a server whose operator has changed its media server:
 *
 *     node --import ./intercept/src/operator/tampering-sfu.ts signaling/src/main.ts
 *
 * The product has no hook for this. mediasoup's own observer shows every transport as it is made; its
 * `consume` is replaced so that a receiver is given, instead of the producer it asked for, a stand-in
 * that this process feeds with the producer's packets, changed. The parent process says over IPC what
 * to do (`{ tampering }`) and is told how many packets were changed in that way (`{ tampering, tampered }`).
 */
import { observer, type types } from 'mediasoup';
import { PacketTamperer, tamperings, type Tampering } from './frame-tampering.ts';

let tampering: Tampering = 'none';
let tampered = 0;

/** Told at most this often. */
const reportEveryPackets = 10;

process.on('message', (message: unknown) => {
  const wanted = tamperings.find(
    (known) =>
      typeof message === 'object' &&
      message !== null &&
      'tampering' in message &&
      message.tampering === known,
  );
  if (wanted === undefined) return;
  tampering = wanted;
  tampered = 0;
  process.send?.({ tampering, tampered });
});
// Listening must not keep a server alive that has been told to stop.
process.channel?.unref();

observer.on('newworker', (worker) => {
  worker.observer.on('newrouter', (router) => {
    const standIns = new StandIns(router);
    router.observer.on('newtransport', (transport) => {
      if (transport.type === 'webrtc') standIns.interpose(transport);
    });
  });
});

/** One stand-in per producer of a room. */
class StandIns {
  readonly #router: types.Router;
  readonly #byProducer = new Map<string, Promise<types.Producer>>();
  readonly #tamperers = new Set<PacketTamperer>();

  constructor(router: types.Router) {
    this.#router = router;
  }

  interpose(transport: types.Transport): void {
    const consume = transport.consume.bind(transport);
    const consumeStandIn = async (options: types.ConsumerOptions): Promise<types.Consumer> => {
      const standIn = await this.#standInFor(options.producerId);
      const consumer = await consume({ ...options, producerId: standIn.id });
      // Nobody, the server included, is to see that another producer is behind it.
      Object.defineProperty(consumer, 'producerId', { value: options.producerId });
      return consumer;
    };
    Object.defineProperty(transport, 'consume', { value: consumeStandIn });
  }

  #standInFor(producerId: string): Promise<types.Producer> {
    const known = this.#byProducer.get(producerId);
    if (known !== undefined) return known;
    const standIn = this.#open(producerId);
    this.#byProducer.set(producerId, standIn);
    return standIn;
  }

  async #open(producerId: string): Promise<types.Producer> {
    const transport = await this.#router.createDirectTransport();
    const consumer = await transport.consume({
      producerId,
      rtpCapabilities: this.#router.rtpCapabilities,
      ignoreDtx: false,
    });
    const { codecs, encodings, headerExtensions, rtcp } = consumer.rtpParameters;
    const standIn = await transport.produce({
      kind: 'audio',
      rtpParameters: {
        codecs,
        ...(encodings === undefined ? {} : { encodings }),
        ...(headerExtensions === undefined ? {} : { headerExtensions }),
        ...(rtcp === undefined ? {} : { rtcp }),
      },
    });
    const tamperer = new PacketTamperer();
    this.#tamperers.add(tamperer);
    consumer.on('rtp', (packet) => {
      const other = [...this.#tamperers].find((candidate) => candidate !== tamperer);
      const takeForeign = (): Uint8Array | undefined => other?.takePayload();
      for (const changed of tamperer.tamper(packet, { tampering, takeForeign })) {
        standIn.send(Buffer.from(changed));
      }
      tampered++;
      if (tampered % reportEveryPackets === 0) process.send?.({ tampering, tampered });
    });
    consumer.on('producerclose', () => {
      transport.close();
      this.#byProducer.delete(producerId);
      this.#tamperers.delete(tamperer);
    });
    return standIn;
  }
}
