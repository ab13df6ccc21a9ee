/** The numbering of one sender's RTP packets (RFC 3550 section 5.1). */
import { randomInt } from 'node:crypto';
import { serializeRtpPacket } from '@earshot/keying/srtp';
import { ticksPerFrame } from '../speech/pcm.ts';

export interface RtpStreamOptions {
  /** 32 bits; drawn if absent. */
  readonly ssrc?: number;
  readonly payloadType: number;
}

export class RtpStream {
  readonly ssrc: number;
  readonly payloadType: number;
  /** RFC 4568 section 6.4: below 2^15, so that the roll-over counter is certain from the start. */
  #sequenceNumber = randomInt(2 ** 15);
  readonly #firstTimestamp = randomInt(2 ** 32);
  #packets = 0;
  #octets = 0;
  #timestamp = this.#firstTimestamp;

  constructor({ ssrc, payloadType }: RtpStreamOptions) {
    this.ssrc = ssrc ?? randomInt(2 ** 32);
    this.payloadType = payloadType;
  }

  /** For a sender report: what has been sent (RFC 3550 section 6.4.1). */
  get sent(): { readonly packets: number; readonly octets: number; readonly timestamp: number } {
    return { packets: this.#packets, octets: this.#octets, timestamp: this.#timestamp };
  }

  /** RTP timestamp of the frame with that index, 20 ms each. */
  timestampOf(frameIndex: number): number {
    return (this.#firstTimestamp + frameIndex * ticksPerFrame) % 2 ** 32;
  }

  /** The next packet. */
  packet(frameIndex: number, payload: Uint8Array): Uint8Array {
    this.#timestamp = this.timestampOf(frameIndex);
    const packet = serializeRtpPacket({
      payloadType: this.payloadType,
      sequenceNumber: this.#sequenceNumber,
      timestamp: this.#timestamp,
      ssrc: this.ssrc,
      payload,
    });
    this.#sequenceNumber = (this.#sequenceNumber + 1) % 2 ** 16;
    this.#packets++;
    this.#octets += payload.length;
    return packet;
  }
}
