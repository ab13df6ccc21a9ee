/**
 * Who the others in this call are, by their keys: judged when a handshake is confirmed, and kept for
 * the next call. A verified contact's changed key is held until the person accepts or verifies it.
 */
import { toBase64Url } from '@earshot/keying/bytes';
import type { Topology } from '@earshot/keying/mode';
import type { Admission, PeerKeyState } from '@earshot/keying/session';
import type { PeerKeying } from '../call/call-state.ts';
import type { ContactBook } from '../identity/contact-book.ts';
import type { Encounter } from '../identity/contact.ts';
import { mustHold, type Trust } from '../identity/trust.ts';

export interface AcquaintancesOptions {
  readonly book: ContactBook;
  readonly callId: string;
  readonly topology: Topology;
  /** What the page is told: the code to compare and what is known of the key. The key stays here. */
  readonly onKeying: (peerId: string, keying: PeerKeying) => void;
}

interface Acquaintance {
  readonly encounter: Encounter;
  /** As judged at the first sight in this call: a new key that was accepted stays a new key. */
  trust: Trust;
  state: PeerKeyState;
}

export class Acquaintances {
  readonly #options: AcquaintancesOptions;
  readonly #names = new Map<string, string>();
  readonly #known = new Map<string, Acquaintance>();

  constructor(options: AcquaintancesOptions) {
    this.#options = options;
  }

  /** Before their handshake: what they call themselves. */
  introduce(peerId: string, name: string): void {
    this.#names.set(peerId, name);
  }

  /** Their handshake is confirmed. `identity`: Ed25519 public key, 32 bytes. */
  meet(peerId: string, identity: Uint8Array): Admission {
    const { book, callId, topology } = this.#options;
    const name = this.#names.get(peerId);
    // Nobody meets somebody who was not introduced; if it happened, nobody would hear them.
    if (name === undefined) return 'hold';
    const encounter = { key: toBase64Url(identity), name, callId, topology };
    const trust = book.trustIn(encounter);
    this.#known.set(peerId, { encounter, trust, state: { kind: 'agreeing' } });
    if (mustHold(trust)) return 'hold';
    void book.meet(encounter);
    return 'admit';
  }

  /** The person takes their new key. */
  accept(peerId: string): void {
    const known = this.#known.get(peerId);
    if (known !== undefined) void this.#options.book.accept(known.encounter);
  }

  /** The person compared the safety code with them, and it matches. */
  verify(peerId: string): void {
    const known = this.#known.get(peerId);
    if (known === undefined) return;
    const { book } = this.#options;
    void book.verify(known.encounter);
    known.trust = book.trustIn(known.encounter);
    // Whoever is held is told of when admitted.
    if (known.state.kind === 'secure') this.note(peerId, known.state);
  }

  /** The state of their keys has changed. */
  note(peerId: string, state: PeerKeyState): void {
    const known = this.#known.get(peerId);
    if (known !== undefined) known.state = state;
    this.#options.onKeying(peerId, this.#keyingOf(peerId, state));
  }

  forget(peerId: string): void {
    this.#names.delete(peerId);
    this.#known.delete(peerId);
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
