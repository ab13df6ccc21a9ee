/**
 * What the operator of a media server can take from it: every RTP packet of a room, as it lies in the
 * SFU's memory between the two hops' encryptions. Lab only.
 *
 * Uses nothing that a client could see: a DirectTransport consumes the producers inside the worker.
 */
import type { ParticipantId } from '@earshot/protocol';
import type { types } from 'mediasoup';
import type { OnRtp } from './api.ts';

export class RtpTap {
  readonly #transport: types.DirectTransport;
  readonly #rtpCapabilities: types.RtpCapabilities;
  readonly #onRtp: OnRtp;

  private constructor(transport: types.DirectTransport, router: types.Router, onRtp: OnRtp) {
    this.#transport = transport;
    // Unfiltered: the operator reads every header extension that reaches the server.
    this.#rtpCapabilities = router.rtpCapabilities;
    this.#onRtp = onRtp;
  }

  /** Closes with its router. */
  static async open(router: types.Router, onRtp: OnRtp): Promise<RtpTap> {
    return new RtpTap(await router.createDirectTransport(), router, onRtp);
  }

  /**
   * Resolves when the tap is in place. The producer must be paused until then: a packet that it
   * forwards before would pass unseen. Closes with the producer.
   */
  async attach(producer: types.Producer, participantId: ParticipantId): Promise<void> {
    const consumer = await this.#transport.consume({
      producerId: producer.id,
      rtpCapabilities: this.#rtpCapabilities,
      ignoreDtx: false,
    });
    consumer.on('rtp', (packet) => this.#onRtp(producer.id, participantId, packet));
  }
}
