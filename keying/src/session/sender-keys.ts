/** The own sender key over the life of a call: who holds it, and when it changes. */
import type { RandomBytes } from '../bytes.ts';
import type { Outcome } from '../errors.ts';
import { Secret } from '../secret.ts';
import { SenderKey } from '../sframe/sender-key.ts';
import { generationWindow, type SenderKeyId } from '../sframe/key-id.ts';
import { frameSuiteTable } from '../sframe/suites.ts';
import type { FrameSuite } from '../sframe/suites.ts';
import { KeyDelivery } from './key-delivery.ts';
import type { KeyChange, Scheduler, SenderKeyStatus } from './session-ports.ts';

/** How long a fresh key waits for those who have not acknowledged it: how long a leaver still hears. */
export const switchDeadlineMs = 1000;
/** The same in frames of 20 ms: a browser that delays timers does not let a leaver hear for longer. */
export const switchDeadlineFrames = 50;
/** A fresh generation at least this often. */
export const rotationIntervalMs = 10 * 60 * 1000;
/** Or after this many frames of one step, whatever the timers do: ten minutes are 30,000. */
const rotationFrames = 2 ** 15;
/** Frames of one step, never reached: keeps the counter within two bytes and so a frame's growth within 14. */
const stepFrameLimit = 2 ** 16;

export interface SenderKeysOptions {
  readonly suite: FrameSuite;
  readonly metadata: Uint8Array;
  readonly random: RandomBytes;
  readonly scheduler: Scheduler;
  /** Seals `key` to one member; repeated until `acknowledge`. */
  readonly deliver: (peerId: string, key: SenderKey) => void;
  readonly onStatus: (status: SenderKeyStatus) => void;
}

/**
 * - **Join**: one ratchet step, delivered to the newcomer only, in use at once. Frames sealed before
 *   stay closed to them; the others step forward when they see it. A key that is waiting to replace
 *   the current one is delivered to them too.
 * - **Leave**, **age**: a fresh generation for those who remain, in use when all have acknowledged it or
 *   after `switchDeadlineMs`. Another leave in between replaces it but does not extend the deadline.
 */
export class SenderKeys {
  readonly #options: SenderKeysOptions;
  readonly #members = new Map<string, KeyDelivery>();
  readonly #changes: Record<KeyChange, number> = { join: 0, leave: 0, age: 0 };
  #lastChange: KeyChange | undefined;
  #current: SenderKey;
  #next: SenderKey | undefined;
  /** Sealed under the current key since the next one was drawn. */
  #framesWaited = 0;
  #cancelDeadline: (() => void) | undefined;
  #cancelRotation: () => void;
  #isClosed = false;

  constructor(options: SenderKeysOptions) {
    this.#options = options;
    this.#current = this.#draw(0);
    this.#cancelRotation = this.#scheduleRotation();
    this.#report();
  }

  seal(payload: Uint8Array): Outcome {
    if (this.#next !== undefined) {
      if (this.#framesWaited++ >= switchDeadlineFrames) {
        this.#switch();
        this.#report();
      }
    } else if (!this.#isClosed && this.#current.framesSealed >= rotationFrames) {
      this.#rotate('age');
      this.#report();
    }
    return this.#current.seal(payload);
  }

  /** Gives a newcomer a key that opens nothing sealed before this call. */
  addMember(peerId: string): void {
    if (this.#isClosed || this.#members.has(peerId)) return;
    const { scheduler, deliver } = this.#options;
    const member = new KeyDelivery({ scheduler, send: (key) => deliver(peerId, key) });
    if (this.#current.framesSealed > 0) this.#stepForward();
    // Not repeated: the next one is, and soon takes its place.
    if (this.#next !== undefined) deliver(peerId, this.#current);
    this.#members.set(peerId, member);
    member.owe(this.#next ?? this.#current);
    member.give();
    // Ahead of the next newcomer, who then does not wait for the acknowledgements of a fresh key.
    if (!this.#current.canRatchet && this.#next === undefined) this.#rotate('join');
    this.#report();
  }

  /** Changes the key, if this member held it. */
  removeMember(peerId: string): void {
    const member = this.#members.get(peerId);
    if (this.#isClosed || member === undefined) return;
    member.cancel();
    this.#members.delete(peerId);
    this.#rotate('leave');
    this.#report();
  }

  acknowledge(peerId: string, id: SenderKeyId): void {
    if (this.#members.get(peerId)?.acknowledge(id) !== true) return;
    this.#switchWhenHeldByAll();
    this.#report();
  }

  /** Wipes the keys; frames are refused with `no-key`. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#cancelDeadline?.();
    this.#cancelRotation();
    for (const member of this.#members.values()) member.cancel();
    this.#members.clear();
    this.#current.wipe();
    this.#next?.wipe();
    this.#next = undefined;
  }

  #stepForward(): void {
    if (this.#current.canRatchet) {
      this.#current.ratchet();
      this.#note('join');
    } else {
      // The last step has drawn a fresh key already; a newcomer does not wait for everyone to hold it.
      if (this.#next === undefined) this.#rotate('join');
      this.#switch();
    }
  }

  #rotate(change: KeyChange): void {
    const newest = this.#next ?? this.#current;
    const replaced = this.#next;
    const next = this.#draw(newest.id.generation + 1);
    this.#next = next;
    this.#note(change);
    this.#startDeadline();
    this.#cancelRotation();
    this.#cancelRotation = this.#scheduleRotation();
    // All owed before one is sent: an acknowledgement may come at once.
    for (const member of this.#members.values()) member.owe(next);
    for (const member of this.#members.values()) member.give();
    replaced?.wipe();
    this.#switchWhenHeldByAll();
  }

  /** One deadline for all the keys that replace each other before it. */
  #startDeadline(): void {
    if (this.#cancelDeadline !== undefined) return;
    this.#framesWaited = 0;
    this.#cancelDeadline = this.#options.scheduler.after(switchDeadlineMs, () => {
      this.#switch();
      this.#report();
    });
  }

  #switchWhenHeldByAll(): void {
    const next = this.#next;
    if (next === undefined) return;
    const isHeldByAll = [...this.#members.values()].every(({ isOwed }) => !isOwed);
    // Key ids tell only so many generations apart: rather switch early than make one ambiguous.
    const isFarAhead = next.id.generation - this.#current.id.generation >= generationWindow - 1;
    if (isHeldByAll || isFarAhead) this.#switch();
  }

  #switch(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    if (this.#next === undefined) return;
    this.#current.wipe();
    this.#current = this.#next;
    this.#next = undefined;
  }

  #draw(generation: number): SenderKey {
    const { suite, metadata, random } = this.#options;
    const baseKey = Secret.take(random(frameSuiteTable[suite].hashBytes));
    const counterLimit = stepFrameLimit;
    return new SenderKey({ suite, metadata, generation, baseKey, counterLimit });
  }

  #scheduleRotation(): () => void {
    return this.#options.scheduler.after(rotationIntervalMs, () => {
      this.#rotate('age');
      this.#report();
    });
  }

  #note(change: KeyChange): void {
    this.#changes[change]++;
    this.#lastChange = change;
  }

  #report(): void {
    if (this.#isClosed) return;
    const owed = [...this.#members].filter(([, { isOwed }]) => isOwed);
    this.#options.onStatus({
      ...this.#current.id,
      changes: { ...this.#changes },
      lastChange: this.#lastChange,
      unacknowledged: owed.map(([peerId]) => peerId),
    });
  }
}
