/** One RTP stream of a capture: its packets counted, opened where a key does, and handed on. */
import type { Outcome, Rejection } from '@earshot/keying/errors';
import { dissectRtp, type RtpPacket } from '../dissect/rtp.ts';
import type { FiveTuple } from '../dissect/internet-layer.ts';
import type { KeySearch } from './key-search.ts';
import { StreamOpener } from './stream-opener.ts';

/** RFC 3550 appendix A.1: what still passes for the next packet of the same sender. */
const maxDropout = 3000;
const maxMisorder = 100;
const sequenceNumbers = 2 ** 16;
/** That many steps between sequence numbers, and more than half of all, make a stream. */
const minPlausibleSteps = 2;

export interface StreamIdentity {
  readonly path: FiveTuple;
  readonly ssrc: number;
}

export interface StreamEvents {
  /** In the order of the capture; the packet's bytes may be kept. */
  onAuthentic(packet: RtpPacket): void;
}

export class RtpStream {
  readonly identity: StreamIdentity;
  readonly #opener: StreamOpener;
  readonly #events: StreamEvents | undefined;
  readonly #rejected = new Map<Rejection, number>();
  /** Packets by payload type. */
  readonly #payloadTypes = new Uint32Array(128);
  readonly #sequence = new SequenceSpan();
  readonly #authenticSequence = new SequenceSpan();
  #packets = 0;
  #plausibleSteps = 0;
  #previous: number | undefined;
  #authentic = 0;

  constructor(identity: StreamIdentity, search: KeySearch, events?: StreamEvents) {
    this.identity = identity;
    this.#events = events;
    this.#opener = new StreamOpener(search, (outcome) => this.#count(outcome));
  }

  /** @param packet begins with a whole RTP header. May be reused after the call. */
  add(packet: Buffer): void {
    const sequence = packet.readUInt16BE(2);
    const payloadType = (packet[1] ?? 0) & 0x7f;
    this.#packets++;
    this.#payloadTypes[payloadType] = (this.#payloadTypes[payloadType] ?? 0) + 1;
    this.#sequence.add(sequence);
    if (this.#previous !== undefined) {
      const step = (sequence - this.#previous + sequenceNumbers) % sequenceNumbers;
      if (step < maxDropout || step > sequenceNumbers - maxMisorder) this.#plausibleSteps++;
    }
    this.#previous = sequence;
    this.#opener.open(packet, () => this.isPlausible);
  }

  /** Everything was read. Idempotent. */
  finish(): void {
    this.#opener.finish(this.isPlausible);
  }

  /** Its sequence numbers follow each other, or a packet was authentic. */
  get isPlausible(): boolean {
    return (
      this.#authentic > 0 ||
      (this.#plausibleSteps >= minPlausibleSteps && this.#plausibleSteps * 2 >= this.#packets)
    );
  }

  get packets(): number {
    return this.#packets;
  }

  get authentic(): number {
    return this.#authentic;
  }

  rejected(reason: Rejection): number {
    return this.#rejected.get(reason) ?? 0;
  }

  /** Missing between the first and the last sequence number: of the authentic packets, if there are any. */
  get lost(): number {
    return this.#authentic > 0
      ? this.#authenticSequence.length - this.#authentic
      : Math.max(0, this.#sequence.length - this.#packets);
  }

  /** After the last authentic packet. */
  get roc(): number | undefined {
    return this.#opener.rocOf(this.identity.ssrc);
  }

  get key(): StreamOpener['key'] {
    return this.#opener.key;
  }

  /** Most frequent first. */
  get payloadTypes(): number[] {
    const counts = this.#payloadTypes;
    const seen = [...counts.keys()].filter((type) => (counts[type] ?? 0) > 0);
    return seen.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  }

  close(): void {
    this.#opener.close();
  }

  #count(outcome: Outcome): void {
    if (!outcome.ok) {
      this.#rejected.set(outcome.reason, this.rejected(outcome.reason) + 1);
      return;
    }
    this.#authentic++;
    const { bytes } = outcome;
    this.#authenticSequence.add(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
    if (this.#events === undefined) return;
    // Authentic, so its header is whole; its padding may still be nonsense, and then it is no audio.
    const packet = dissectRtp(bytes);
    if (packet !== undefined) this.#events.onAuthentic(packet);
  }
}

/** First to last of 16-bit sequence numbers that wrap and come a little out of order. */
class SequenceSpan {
  #first: number | undefined;
  #last = 0;
  #current = 0;

  add(sequence: number): void {
    if (this.#first === undefined) {
      this.#first = this.#last = this.#current = sequence;
      return;
    }
    // The signed 16-bit difference: forwards or backwards, across the wrap.
    this.#current += ((sequence - this.#current) << 16) >> 16;
    this.#first = Math.min(this.#first, this.#current);
    this.#last = Math.max(this.#last, this.#current);
  }

  get length(): number {
    return this.#first === undefined ? 0 : this.#last - this.#first + 1;
  }
}
