/** What an SFU can do to the packets of one sender on their way to one receiver. */
import { fixedHeaderBytes, parseRtpHeader } from '@earshot/keying/srtp';

export const tamperings = [
  /** Nothing: the control. */
  'none',
  /** One bit of each payload turned around. */
  'flip-bit',
  /** Each payload cut by its last byte. */
  'truncate',
  /** Each payload replaced by the one of ten packets before: an authentic frame, heard again. */
  'replay',
  /** Payloads of neighbouring packets exchanged. */
  'swap',
  /** Each payload replaced by clear Opus: another mode's frame. */
  'clear-opus',
  /** Each payload replaced by another sender's latest. */
  'other-sender',
] as const;
export type Tampering = (typeof tamperings)[number];

/** How far back a replayed frame lies: outside of what a jitter buffer would take for late. */
const replayDistance = 10;

/** A 20 ms Opus frame in clear, fullband CELT: what a receiver without a check would play. */
const clearOpusFrame = Uint8Array.of(0xf8, 0xff, 0xfe);

/** Changes packets one after the other. Headers stay, so that only the frame itself can give it away. */
export class PacketTamperer {
  readonly #payloads: Uint8Array[] = [];
  #held: Uint8Array | undefined;

  /** The payload last seen. */
  get latest(): Uint8Array | undefined {
    return this.#payloads.at(-1);
  }

  /**
   * @param packet  RTP
   * @param foreign  another sender's payload, for `other-sender`
   * @returns the packets to send on instead; none while one is held back
   */
  tamper(
    packet: Uint8Array,
    {
      tampering,
      foreign,
    }: { readonly tampering: Tampering; readonly foreign: Uint8Array | undefined },
  ): Uint8Array[] {
    const header = parseRtpHeader(packet);
    const headerBytes = header?.headerBytes ?? fixedHeaderBytes;
    const payload = packet.subarray(headerBytes);
    this.#payloads.push(new Uint8Array(payload));
    if (this.#payloads.length > replayDistance + 1) this.#payloads.shift();
    const withPayload = (other: Uint8Array): Uint8Array => joined(packet, { headerBytes, other });
    if (tampering !== 'swap') this.#held = undefined;
    switch (tampering) {
      case 'none':
        return [packet];
      case 'flip-bit': {
        const flipped = new Uint8Array(payload);
        const middle = Math.floor(flipped.length / 2);
        flipped[middle] = (flipped[middle] ?? 0) ^ 0x01;
        return [withPayload(flipped)];
      }
      case 'truncate':
        return [withPayload(payload.subarray(0, -1))];
      case 'replay':
        return [withPayload(this.#payloads[0] ?? payload)];
      case 'swap': {
        const held = this.#held;
        if (held === undefined) {
          this.#held = new Uint8Array(packet);
          return [];
        }
        this.#held = undefined;
        const heldHeaderBytes = parseRtpHeader(held)?.headerBytes ?? fixedHeaderBytes;
        return [
          joined(held, { headerBytes: heldHeaderBytes, other: payload }),
          withPayload(held.subarray(heldHeaderBytes)),
        ];
      }
      case 'clear-opus':
        return [withPayload(clearOpusFrame)];
      case 'other-sender':
        return foreign === undefined ? [] : [withPayload(foreign)];
    }
  }
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
