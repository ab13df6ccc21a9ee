/** Tapped frames, tried with keys that may come later than they do: what stayed closed is tried again. */
import type { FrameOpener } from '@earshot/keying/frame-transform';
import type { RtpPacket } from '../dissect/rtp.ts';

export interface TriedPacket {
  readonly sealed: RtpPacket;
  /** With the frame's plaintext as payload; undefined while nothing opens it. */
  readonly opened: RtpPacket | undefined;
}

export class TapTrial {
  readonly #openerFor: (senderId: string) => FrameOpener;
  /** By sender, then by place in the tap: a frame opens once. */
  readonly #opened = new Map<string, Map<number, RtpPacket>>();

  /** @param openerFor somebody's who may be given keys meanwhile */
  constructor(openerFor: (senderId: string) => FrameOpener) {
    this.#openerFor = openerFor;
  }

  /** @param packets all that the tap holds of that sender by now, from the first on */
  try(senderId: string, packets: readonly RtpPacket[]): TriedPacket[] {
    const opener = this.#openerFor(senderId);
    const opened = this.#opened.get(senderId) ?? new Map<number, RtpPacket>();
    this.#opened.set(senderId, opened);
    packets.forEach((packet, place) => {
      if (opened.has(place)) return;
      const outcome = opener.open(packet.payload);
      if (outcome.ok) opened.set(place, { ...packet, payload: outcome.bytes });
    });
    return packets.map((sealed, place) => ({ sealed, opened: opened.get(place) }));
  }
}
