/**
 * People in one call, with real sessions and a relay that delivers at once. The relay is the server:
 * `intercept` may change, drop or record what passes.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { createE2eeSession } from '../src/session/index.ts';
import type {
  Admission,
  E2eeSession,
  Identity,
  PeerKeyState,
  Scheduler,
  SenderKeyStatus,
} from '../src/session/index.ts';
import { Secret } from '../src/secret.ts';
import { seededRandom } from './seeded-random.ts';
import type { SenderKeyId } from '../src/sframe/index.ts';

export type Kind = 'handshake' | 'sender-key';

export interface Relayed {
  readonly from: string;
  readonly to: string;
  readonly kind: Kind;
  readonly data: Uint8Array;
}

/** What the server makes of an envelope; several replace it, none drops it. */
export type Intercept = (envelope: Relayed) => readonly Relayed[];

export interface Member {
  readonly id: string;
  readonly order: number;
  readonly session: E2eeSession;
  readonly states: Map<string, PeerKeyState>;
  readonly senderKeyIds: SenderKeyId[];
  readonly statuses: SenderKeyStatus[];
  readonly identity: Identity;
}

export interface CallOptions {
  /** What `selfId` makes of `peerId`; by default everyone admits everyone. */
  readonly admission?: (selfId: string, peerId: string) => Admission;
  readonly intercept?: Intercept;
  /** Sees what everybody's random source gives: the very bytes, before they are used. */
  readonly onRandom?: (bytes: Uint8Array) => void;
  readonly seed?: number;
}

/** A clock that tests move. */
export class ManualScheduler implements Scheduler {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
      const next = due.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  get pending(): number {
    return this.#timers.size;
  }
}

export function softwareIdentity(random: (length: number) => Uint8Array): Identity {
  const secretKey = random(32);
  return {
    publicKey: ed25519.getPublicKey(secretKey),
    sign: (message) => Promise.resolve(ed25519.sign(message, secretKey)),
  };
}

export class Call {
  readonly scheduler = new ManualScheduler();
  readonly members = new Map<string, Member>();
  readonly relayed: Relayed[] = [];
  intercept: Intercept;
  readonly #random: (length: number) => Uint8Array;
  /** 32 bytes, as in the link. */
  readonly linkSecret: Uint8Array;
  readonly #admission: (selfId: string, peerId: string) => Admission;
  #nextOrder = 0;

  constructor({
    intercept = (envelope) => [envelope],
    seed = 1,
    onRandom,
    admission = () => 'admit',
  }: CallOptions = {}) {
    this.#admission = admission;
    this.intercept = intercept;
    const random = seededRandom(seed);
    this.linkSecret = random(32);
    this.#random = (length) => {
      const bytes = random(length);
      onRandom?.(bytes);
      return bytes;
    };
  }

  /** Adds a person; by default with the call's link secret (`none`: with a link without one). Does not wait for the handshakes. */
  join(id: string, linkSecret: Uint8Array | 'none' = this.linkSecret): Member {
    const states = new Map<string, PeerKeyState>();
    const senderKeyIds: SenderKeyId[] = [];
    const statuses: SenderKeyStatus[] = [];
    const order = this.#nextOrder++;
    const identity = softwareIdentity(this.#random);
    const session = createE2eeSession({
      callId: 'call',
      selfId: id,
      selfOrder: order,
      linkSecret: linkSecret === 'none' ? undefined : Secret.copy(linkSecret),
      identity,
      random: this.#random,
      scheduler: this.scheduler,
      admission: (peerId) => this.#admission(id, peerId),
      onEnvelope: (to, kind, data) => this.relay({ from: id, to, kind, data }),
      onPeerState: (peerId, state) => states.set(peerId, state),
      onSenderKey: (status) => {
        const { generation, step } = status;
        senderKeyIds.push({ generation, step });
        statuses.push(status);
      },
    });
    const member = { id, order, session, states, senderKeyIds, statuses, identity };
    const present = [...this.members.values()];
    this.members.set(id, member);
    // Those who are there know the newcomer, who speaks first, before anything of theirs can reach them.
    for (const other of present) other.session.addPeer({ peerId: id, order });
    for (const other of present) session.addPeer({ peerId: other.id, order: other.order });
    return member;
  }

  leave(id: string): void {
    this.members.delete(id);
    for (const other of this.members.values()) other.session.removePeer(id);
  }

  relay(envelope: Relayed): void {
    this.relayed.push(envelope);
    for (const { from, to, kind, data } of this.intercept(envelope)) {
      this.members.get(to)?.session.receive(from, kind, data);
    }
  }

  /** Waits until no handshake step is under way: each is a chain of promises without I/O. */
  async settle(): Promise<void> {
    let before = -1;
    for (let quiet = 0; quiet < 20; quiet++) {
      await Promise.resolve();
      if (this.relayed.length !== before) quiet = 0;
      before = this.relayed.length;
    }
  }
}

/** Of a sender key: header and tag, and nothing between. */
export function isAcknowledgement(data: Uint8Array): boolean {
  return data.length === 27;
}
