/** What an SFU can do to the packets of one sender on their way to one receiver. */
import { fixedHeaderBytes, parseRtpHeader } from '@earshot/keying/srtp';

export const tamperings = [
  /** Nothing: the control. */
  'none',
  /** One bit of each payload turned around. */
  'flip-bit',
  /** Each payload cut by its last byte. */
  'truncate',
  /** Each payload replaced by one that was delivered before: an authentic frame, heard again. */
  'replay',
  /** Payloads of neighbouring packets exchanged. */
  'swap',
  /** Each payload replaced by clear Opus: another mode's frame. */
  'clear-opus',
  /** Each payload replaced by another sender's, in their order. */
  'other-sender',
] as const;
export type Tampering = (typeof tamperings)[number];

/** Delivered payloads kept for `replay`, and undelivered ones for another's `other-sender`: a second of voice. */
const kept = 50;

/** A 20 ms Opus frame in clear, fullband CELT: what a receiver without a check would play. */
const clearOpusFrame = Uint8Array.of(0xf8, 0xff, 0xfe);

/** Changes packets one after the other. Headers stay, so that only the frame itself can give it away. */
export class PacketTamperer {
  readonly #delivered: Uint8Array[] = [];
  readonly #lent: Uint8Array[] = [];
  #nextReplayed = 0;
  #held: Uint8Array | undefined;

  /** The oldest payload of this sender that was not taken yet, for another's `other-sender`. */
  takePayload(): Uint8Array | undefined {
    return this.#lent.shift();
  }

  /**
   * @param packet  RTP
   * @param takeForeign  another sender's `takePayload`
   * @returns the packets to send on instead; none while one is held back
   */
  tamper(packet: Uint8Array, { tampering, takeForeign }: TamperOptions): readonly Uint8Array[] {
    const header = parseRtpHeader(packet);
    const headerBytes = header?.headerBytes ?? fixedHeaderBytes;
    const payload = new Uint8Array(packet.subarray(headerBytes));
    this.#lent.push(payload);
    if (this.#lent.length > kept) this.#lent.shift();
    const withPayload = (other: Uint8Array): Uint8Array => joined(packet, { headerBytes, other });
    if (tampering !== 'swap') this.#held = undefined;
    switch (tampering) {
      case 'none':
        this.#delivered.push(payload);
        if (this.#delivered.length > kept) this.#delivered.shift();
        return [packet];
      case 'flip-bit': {
        const middle = Math.floor(payload.length / 2);
        return [withPayload(payload.map((byte, i) => (i === middle ? byte ^ 0x01 : byte)))];
      }
      case 'truncate':
        return [withPayload(payload.subarray(0, -1))];
      case 'replay': {
        const replayed = this.#delivered[this.#nextReplayed++ % this.#delivered.length];
        return replayed === undefined ? [] : [withPayload(replayed)];
      }
      case 'swap': {
        const held = this.#held;
        this.#held = held === undefined ? packet : undefined;
        if (held === undefined) return [];
        const heldHeaderBytes = parseRtpHeader(held)?.headerBytes ?? fixedHeaderBytes;
        return [
          joined(held, { headerBytes: heldHeaderBytes, other: payload }),
          withPayload(held.subarray(heldHeaderBytes)),
        ];
      }
      case 'clear-opus':
        return [withPayload(clearOpusFrame)];
      case 'other-sender': {
        const foreign = takeForeign();
        return foreign === undefined ? [] : [withPayload(foreign)];
      }
    }
  }
}

export interface TamperOptions {
  readonly tampering: Tampering;
  readonly takeForeign: () => Uint8Array | undefined;
}

function joined(
  packet: Uint8Array,
  { headerBytes, other }: { headerBytes: number; other: Uint8Array },
): Uint8Array {
  const result = new Uint8Array(headerBytes + other.length);
  result.set(packet.subarray(0, headerBytes));
  result.set(other, headerBytes);
  // Padding was part of what is gone.
  result[0] = (result[0] ?? 0) & ~0x20;
  return result;
}
