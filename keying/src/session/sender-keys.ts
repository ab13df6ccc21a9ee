/** The own sender key over the life of a call: who holds it, and when it changes. */
import type { RandomBytes } from '../bytes.ts';
import type { Outcome } from '../errors.ts';
import { Secret } from '../secret.ts';
import { SenderKey } from '../sframe/sender-key.ts';
import type { SenderKeyId } from '../sframe/key-id.ts';
import { frameSuiteTable } from '../sframe/suites.ts';
import type { FrameSuite } from '../sframe/suites.ts';
import type { Scheduler } from './session-ports.ts';

/** How long a fresh key waits for those who have not acknowledged it: how long a leaver still hears. */
export const switchDeadlineMs = 1000;
/** A fresh generation at least this often. */
export const rotationIntervalMs = 10 * 60 * 1000;

export interface SenderKeysOptions {
  readonly suite: FrameSuite;
  readonly metadata: Uint8Array;
  readonly random: RandomBytes;
  readonly scheduler: Scheduler;
  /** Seals `key` to one member. */
  readonly deliver: (peerId: string, key: SenderKey) => void;
  /** Frames are sealed under this key from now on. */
  readonly onSwitch: (id: SenderKeyId) => void;
}

/**
 * - **Join**: one ratchet step, delivered to the newcomer only, in use at once. Frames sealed before
 *   stay closed to them; the others step forward when they see it.
 * - **Leave**: a fresh generation for those who remain, in use when all have acknowledged it or
 *   after `switchDeadlineMs`. Another leave in between replaces it but does not extend the deadline.
 */
export class SenderKeys {
  readonly #options: SenderKeysOptions;
  readonly #members = new Set<string>();
  #current: SenderKey;
  #next: SenderKey | undefined;
  readonly #awaited = new Set<string>();
  #cancelDeadline: (() => void) | undefined;
  #cancelRotation: () => void;
  #isClosed = false;

  constructor(options: SenderKeysOptions) {
    this.#options = options;
    this.#current = this.#draw(0);
    this.#cancelRotation = this.#scheduleRotation();
    options.onSwitch(this.#current.id);
  }

  seal(payload: Uint8Array): Outcome {
    return this.#current.seal(payload);
  }

  /** Gives a newcomer a key that opens nothing sealed before this call. */
  addMember(peerId: string): void {
    if (this.#isClosed || this.#members.has(peerId)) return;
    this.#members.add(peerId);
    if (this.#next !== undefined) {
      // Drawn, but nothing is sealed under it yet.
      this.#awaited.add(peerId);
      this.#options.deliver(peerId, this.#next);
    } else if (this.#current.framesSealed === 0) {
      this.#options.deliver(peerId, this.#current);
    } else if (this.#current.canRatchet) {
      this.#current.ratchet();
      this.#options.onSwitch(this.#current.id);
      this.#options.deliver(peerId, this.#current);
    } else {
      this.#rotate();
    }
  }

  /** Changes the key, if this member held it. */
  removeMember(peerId: string): void {
    if (this.#isClosed || !this.#members.delete(peerId)) return;
    this.#rotate();
  }

  acknowledge(peerId: string, id: SenderKeyId): void {
    if (this.#next === undefined || id.generation !== this.#next.id.generation) return;
    this.#awaited.delete(peerId);
    this.#switchWhenHeldByAll();
  }

  /** Wipes the keys; frames are refused with `no-key`. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#cancelDeadline?.();
    this.#cancelRotation();
    this.#current.wipe();
    this.#next?.wipe();
    this.#next = undefined;
    this.#members.clear();
    this.#awaited.clear();
  }

  #rotate(): void {
    const newest = this.#next ?? this.#current;
    this.#next?.wipe();
    const next = this.#draw(newest.id.generation + 1);
    this.#next = next;
    this.#awaited.clear();
    for (const peerId of this.#members) this.#awaited.add(peerId);
    for (const peerId of this.#members) this.#options.deliver(peerId, next);
    this.#cancelDeadline ??= this.#options.scheduler.after(switchDeadlineMs, () => this.#switch());
    this.#cancelRotation();
    this.#cancelRotation = this.#scheduleRotation();
    this.#switchWhenHeldByAll();
  }

  #switchWhenHeldByAll(): void {
    if (this.#awaited.size === 0) this.#switch();
  }

  #switch(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    if (this.#next === undefined) return;
    this.#current.wipe();
    this.#current = this.#next;
    this.#next = undefined;
    this.#awaited.clear();
    this.#options.onSwitch(this.#current.id);
  }

  #draw(generation: number): SenderKey {
    const { suite, metadata, random } = this.#options;
    const baseKey = Secret.take(random(frameSuiteTable[suite].hashBytes));
    return new SenderKey({ suite, metadata, generation, baseKey });
  }

  #scheduleRotation(): () => void {
    return this.#options.scheduler.after(rotationIntervalMs, () => this.#rotate());
  }
}
