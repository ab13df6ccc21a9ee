import type { SrtcpReceiver } from '@earshot/keying/srtp';
import type { Binding, KeySearch } from './key-search.ts';
import type { StreamIdentity } from './rtp-stream.ts';

/** The SRTCP packets (RFC 3711 section 3.4) of one sender on one path: opened and counted. */
export class RtcpStream {
  readonly identity: StreamIdentity;
  readonly #search: KeySearch;
  #bound: Binding<SrtcpReceiver> | undefined;
  #packets = 0;
  #authentic = 0;
  #replayed = 0;

  constructor(identity: StreamIdentity, search: KeySearch) {
    this.identity = identity;
    this.#search = search;
  }

  add(packet: Buffer): void {
    this.#packets++;
    const isBound = this.#bound !== undefined;
    this.#bound ??= this.#search.forRtcp(packet);
    if (this.#bound === undefined) return;
    const outcome = isBound ? this.#bound.receiver.unprotect(packet) : this.#bound.outcome;
    if (outcome.ok) this.#authentic++;
    else if (outcome.reason === 'replay') this.#replayed++;
  }

  get packets(): number {
    return this.#packets;
  }

  get authentic(): number {
    return this.#authentic;
  }

  get replayed(): number {
    return this.#replayed;
  }

  close(): void {
    this.#bound?.receiver.close();
  }
}
