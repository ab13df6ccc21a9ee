/** The media of one person as the server forwards it: counted, opened, decoded. */
import type { KeyingMode } from '@earshot/keying/mode';
import { MediaOpener, type ForwardedPacket } from './media-opener.ts';
import { VoiceDecoder, type DecodedFrame } from './voice-decoder.ts';

export interface ForwardedMediaEvents {
  readonly onPacket: (packet: ForwardedPacket) => void;
  readonly onSound: (frame: DecodedFrame) => void;
}

export class ForwardedMedia {
  readonly #opener: MediaOpener;
  readonly #decoder: VoiceDecoder;
  readonly #onPacket: ForwardedMediaEvents['onPacket'];
  #packets = 0;
  #bytes = 0;
  #opened = 0;

  constructor(mode: KeyingMode, { onPacket, onSound }: ForwardedMediaEvents) {
    this.#opener = new MediaOpener(mode);
    this.#decoder = new VoiceDecoder(onSound);
    this.#onPacket = onPacket;
  }

  get counts(): { readonly packets: number; readonly bytes: number; readonly opened: number } {
    return { packets: this.#packets, bytes: this.#bytes, opened: this.#opened };
  }

  addCryptoLine(line: string): void {
    this.#opener.addCryptoLine(line);
  }

  take(rtp: Uint8Array): void {
    this.#packets++;
    this.#bytes += rtp.length;
    const packet = this.#opener.open(rtp);
    if (packet === undefined) return;
    this.#onPacket(packet);
    if (packet.opened === undefined) return;
    this.#opened++;
    this.#decoder.decode(packet.opened);
  }

  /** Idempotent. */
  close(): void {
    this.#opener.close();
    this.#decoder.close();
  }
}
