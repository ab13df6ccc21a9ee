/**
 * Who the others are, by their keys. Until both are in the call they have no name, are held whatever
 * their key, and the page hears nothing of them; then they are judged, and kept for the next call. A
 * verified contact's changed key is held until the person accepts or verifies it.
 */
import { toBase64Url } from '@earshot/keying/bytes';
import type { Topology } from '@earshot/keying/mode';
import type { Admission, PeerKeyState } from '@earshot/keying/session';
import type { PeerKeying } from '../call/call-state.ts';
import type { ContactBook } from '../identity/contact-book.ts';
import type { Encounter } from '../identity/contact.ts';
import { mustHold, type Trust } from '../identity/trust.ts';

export interface AcquaintancesOptions {
  readonly book: Pick<ContactBook, 'trustIn' | 'meet' | 'accept' | 'verify'>;
  readonly callId: string;
  readonly topology: Topology;
  /** What the page is told: the code to compare and what is known of the key. The key stays here. */
  readonly onKeying: (peerId: string, keying: PeerKeying) => void;
}

interface Acquaintance {
  readonly encounter: Encounter;
  /** As judged at the first sight in this call: a new key that was accepted stays a new key. */
  trust: Trust;
}

export class Acquaintances {
  readonly #options: AcquaintancesOptions;
  /** Of everybody with whom keys are agreed on, met or not. */
  readonly #states = new Map<string, PeerKeyState>();
  readonly #names = new Map<string, string>();
  readonly #known = new Map<string, Acquaintance>();

  constructor(options: AcquaintancesOptions) {
    this.#options = options;
  }

  /**
   * Both are in the call: what they call themselves. Once; the page is told how far their keys are.
   * @returns `admit` if they were held only until now.
   */
  introduce(peerId: string, name: string): Admission {
    if (this.#names.has(peerId)) return 'hold';
    this.#names.set(peerId, name);
    const state = this.#states.get(peerId);
    if (state === undefined) return 'hold';
    const admission = state.kind === 'held' ? this.#judge(peerId, name, state.identity) : 'hold';
    // Whoever is admitted is told of when that is done.
    if (admission === 'hold') this.#tell(peerId, state);
    return admission;
  }

  /** Their handshake is confirmed. `identity`: Ed25519 public key, 32 bytes. */
  meet(peerId: string, identity: Uint8Array): Admission {
    const name = this.#names.get(peerId);
    return name === undefined ? 'hold' : this.#judge(peerId, name, identity);
  }

  /** The person takes their new key. @returns whether they were met, and may be admitted. */
  accept(peerId: string): boolean {
    const known = this.#known.get(peerId);
    if (known !== undefined) this.#options.book.accept(known.encounter);
    return known !== undefined;
  }

  /**
   * The person compared the safety code with them, and it matches.
   * @returns whether they were met, and may be admitted.
   */
  verify(peerId: string): boolean {
    const known = this.#known.get(peerId);
    if (known === undefined) return false;
    const { book } = this.#options;
    book.verify(known.encounter);
    known.trust = book.trustIn(known.encounter);
    const state = this.#states.get(peerId);
    // Whoever is held is told of when admitted.
    if (state?.kind === 'secure') this.#tell(peerId, state);
    return true;
  }

  /** The state of their keys has changed. */
  note(peerId: string, state: PeerKeyState): void {
    this.#states.set(peerId, state);
    if (this.#names.has(peerId)) this.#tell(peerId, state);
  }

  forget(peerId: string): void {
    this.#states.delete(peerId);
    this.#names.delete(peerId);
    this.#known.delete(peerId);
  }

  #judge(peerId: string, name: string, identity: Uint8Array): Admission {
    const { book, callId, topology } = this.#options;
    const encounter = { key: toBase64Url(identity), name, callId, topology };
    const trust = book.trustIn(encounter);
    this.#known.set(peerId, { encounter, trust });
    if (mustHold(trust)) return 'hold';
    book.meet(encounter);
    return 'admit';
  }

  #tell(peerId: string, state: PeerKeyState): void {
    this.#options.onKeying(peerId, this.#keyingOf(peerId, state));
  }

  #keyingOf(peerId: string, state: PeerKeyState): PeerKeying {
    switch (state.kind) {
      case 'agreeing':
        return { kind: 'agreeing' };
      case 'held':
      case 'secure': {
        const trust = this.#known.get(peerId)?.trust ?? { kind: 'unverified', metAtMs: undefined };
        return { kind: state.kind, code: state.sas, trust };
      }
      case 'failed':
        return { kind: 'failed', code: state.code };
    }
  }
}
