/**
 * Opens the SRTP packets of one stream. The first packets that no key opens are kept, until it is known
 * whether the stream began before the capture:
 *
 *     undecided --a key opens a packet at counter 0--> bound
 *        |------four packets: search the counters----> bound, or refused
 *     refused --a key opens a packet at counter 0----> bound (long tags only)
 */
import type { Outcome } from '@earshot/keying/errors';
import type { SrtpReceiver } from '@earshot/keying/srtp';
import type { CandidateKey } from './candidate-key.ts';
import { hasShortTag, type Binding, type KeySearch } from './key-search.ts';

/** Kept per stream before the search. */
const keptPackets = 4;
/** Of those, how many are searched for: one packet may be damaged, hardly two. */
const searchedPackets = 2;
/** Longer ones are not voice, and are not kept. */
const longestKeptBytes = 2048;

export class StreamOpener {
  readonly #search: KeySearch;
  readonly #onOutcome: (outcome: Outcome) => void;
  #kept: Uint8Array[] | undefined = [];
  #bound: Binding<SrtpReceiver> | undefined;

  /** @param onOutcome called once for each packet given, in their order, some of them only at a later one. */
  constructor(search: KeySearch, onOutcome: (outcome: Outcome) => void) {
    this.#search = search;
    this.#onOutcome = onOutcome;
  }

  get key(): CandidateKey | undefined {
    return this.#bound?.key;
  }

  rocOf(ssrc: number): number | undefined {
    return this.#bound?.receiver.rocOf(ssrc);
  }

  /** @param isPlausible whether the stream's sequence numbers so far are those of RTP. */
  open(packet: Uint8Array, isPlausible: () => boolean): void {
    if (this.#bound !== undefined) {
      this.#onOutcome(this.#bound.receiver.unprotect(packet));
      return;
    }
    const tags = this.#kept === undefined ? 'long-tag' : 'any-tag';
    const found = this.#search.fromStart(packet, tags);
    if (found !== undefined) {
      this.#bind(found, this.#takeKept());
      this.#onOutcome(found.outcome);
    } else if (this.#kept === undefined) {
      this.#onOutcome(notAuthentic);
    } else if (packet.length > longestKeptBytes) {
      this.#refuse();
      this.#onOutcome(notAuthentic);
    } else {
      this.#kept.push(new Uint8Array(packet));
      if (this.#kept.length === keptPackets) this.finish(isPlausible());
    }
  }

  /**
   * Decides on the packets that are still kept. Idempotent.
   * @param isPlausible what is not RTP is not worth a search.
   */
  finish(isPlausible: boolean): void {
    const kept = this.#kept ?? [];
    if (this.#bound === undefined && isPlausible) {
      for (const packet of kept.slice(0, searchedPackets)) {
        for (const key of this.#search.keys) {
          if (this.#bindLater(key, packet)) return;
        }
      }
    }
    this.#refuse();
  }

  close(): void {
    this.#bound?.receiver.close();
  }

  #bindLater(key: CandidateKey, packet: Uint8Array): boolean {
    const found = this.#search.fromLater(key, packet);
    if (found === undefined) return false;
    const outcomes = (this.#kept ?? []).map((kept) =>
      kept === packet ? found.outcome : found.receiver.unprotect(kept),
    );
    const authentic = outcomes.filter(({ ok }) => ok).length;
    if (hasShortTag(key) && authentic < 2) {
      found.receiver.close();
      return false;
    }
    this.#bound = found;
    this.#takeKept();
    outcomes.forEach(this.#onOutcome);
    return true;
  }

  #bind(found: Binding<SrtpReceiver>, earlier: readonly Uint8Array[]): void {
    this.#bound = found;
    for (const packet of earlier) this.#onOutcome(found.receiver.unprotect(packet));
  }

  #refuse(): void {
    this.#takeKept().forEach(() => this.#onOutcome(notAuthentic));
  }

  #takeKept(): readonly Uint8Array[] {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    return kept;
  }
}

const notAuthentic: Outcome = { ok: false, reason: 'auth' };
