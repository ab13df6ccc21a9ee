/** Group keys as the product has them: a handshake with each member, and sender keys sealed to each. */
import { Secret } from '@earshot/keying/secret';
import {
  createE2eeSession,
  firstAcknowledgementMs,
  type E2eeSession,
} from '@earshot/keying/session';
import { softwareIdentity } from '@earshot/keying/software-identity';
import { cpuMs, type GroupChange, type GroupCost } from './groups-cost.ts';

const frame = Uint8Array.of(0x78, 1, 2, 3);

interface Member {
  readonly id: string;
  readonly order: number;
  readonly session: E2eeSession;
}

interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly kind: 'handshake' | 'sender-key';
  readonly data: Uint8Array;
}

/** A group whose envelopes are carried one by one, in order; each member's work is timed. */
class PairwiseGroup {
  readonly #linkSecret = random(32);
  readonly #members = new Map<string, Member>();
  readonly #workMs = new Map<string, number>();
  readonly #underWay: Envelope[] = [];
  /** Sent when all else has arrived. Nothing is lost here, so no other timer has to fire. */
  readonly #firstAcknowledgements: (() => void)[] = [];
  #bytes = 0;
  #nextOrder = 0;

  get size(): number {
    return this.#members.size;
  }

  async join(): Promise<string> {
    const order = this.#nextOrder++;
    const id = `member-${order}`;
    const session = createE2eeSession({
      ...{ callId: 'bench', selfId: id, selfOrder: order, random },
      scheduler: {
        after: (delayMs, run) => {
          if (delayMs === firstAcknowledgementMs) {
            this.#firstAcknowledgements.push(() => this.#time(id, run));
          }
          return () => undefined;
        },
      },
      linkSecret: Secret.copy(this.#linkSecret),
      identity: softwareIdentity(Secret.take(random(32))),
      onEnvelope: (to, kind, data) => {
        this.#bytes += data.length;
        this.#underWay.push({ from: id, to, kind, data });
      },
      onPeerState: () => undefined,
      onSenderKey: () => undefined,
    });
    const others = [...this.#members.values()];
    this.#members.set(id, { id, order, session });
    for (const other of others) {
      this.#time(other.id, () => other.session.addPeer({ peerId: id, order }));
      this.#time(id, () => session.addPeer({ peerId: other.id, order: other.order }));
    }
    await this.#carry();
    return id;
  }

  /** Who has been there longest. */
  async leave(): Promise<void> {
    const [oldest] = this.#members.values();
    if (oldest === undefined) throw new RangeError('nobody is there');
    const { id } = oldest;
    oldest.session.close();
    this.#members.delete(id);
    for (const other of this.#members.values()) {
      this.#time(other.id, () => other.session.removePeer(id));
    }
    await this.#carry();
  }

  /** @throws Error where somebody does not hear somebody: then nothing was measured. */
  requireAllHear(): void {
    for (const speaker of this.#members.values()) {
      const sealed = speaker.session.sealer.seal(frame, { rtpTimestamp: 0 });
      for (const listener of this.#members.values()) {
        if (listener === speaker || !sealed.ok) continue;
        if (listener.session.openerFor(speaker.id).open(sealed.bytes).ok) continue;
        throw new Error(`${listener.id} does not hear ${speaker.id}`);
      }
    }
  }

  /** Since the last call: bytes sent, and the most that one member worked. */
  takeCost(newcomer?: string): GroupCost {
    const cost = {
      bytes: this.#bytes,
      newcomerMs: newcomer === undefined ? 0 : (this.#workMs.get(newcomer) ?? 0),
      memberMs: Math.max(0, ...[...this.#workMs].map(([id, ms]) => (id === newcomer ? 0 : ms))),
    };
    this.#bytes = 0;
    this.#workMs.clear();
    return cost;
  }

  close(): void {
    for (const { session } of this.#members.values()) session.close();
  }

  async #carry(): Promise<void> {
    await this.#carryEnvelopes();
    for (const acknowledge of this.#firstAcknowledgements.splice(0)) acknowledge();
    await this.#carryEnvelopes();
  }

  async #carryEnvelopes(): Promise<void> {
    for (;;) {
      const envelope = this.#underWay.shift();
      if (envelope === undefined) return;
      const { from, to, kind, data } = envelope;
      const startMs = cpuMs();
      this.#members.get(to)?.session.receive(from, kind, data);
      // A handshake step is a chain of promises without I/O.
      if (kind === 'handshake') for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      this.#add(to, cpuMs() - startMs);
    }
  }

  #time(id: string, run: () => void): void {
    const startMs = cpuMs();
    run();
    this.#add(id, cpuMs() - startMs);
  }

  #add(id: string, ms: number): void {
    this.#workMs.set(id, (this.#workMs.get(id) ?? 0) + ms);
  }
}

/** One member more, and one less, at each of `sizes`, which grow: one group goes through all of them. */
export async function measurePairwise(sizes: readonly number[]): Promise<GroupChange[]> {
  const group = new PairwiseGroup();
  const changes: GroupChange[] = [];
  for (const size of sizes) {
    while (group.size < size - 1) await group.join();
    group.requireAllHear();
    group.takeCost();
    const newcomer = await group.join();
    const join = group.takeCost(newcomer);
    group.requireAllHear();
    await group.leave();
    const leave = group.takeCost();
    group.requireAllHear();
    changes.push({ join, leave });
  }
  group.close();
  return changes;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
