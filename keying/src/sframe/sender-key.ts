import type { Outcome } from '../errors.ts';
import { Secret } from '../secret.ts';
import { SealingContext } from './frame-context.ts';
import { encodeKeyId, lastRatchetStep } from './key-id.ts';
import type { SenderKeyId } from './key-id.ts';
import { ratchetBaseKey } from './key-schedule.ts';
import type { FrameSuite } from './suites.ts';

export interface SenderKeyOptions {
  readonly suite: FrameSuite;
  /** See `frameMetadata`. */
  readonly metadata: Uint8Array;
  readonly generation: number;
  /** Fresh random bytes, Nh of the suite; owned from here on. Never used by another sender or twice. */
  readonly baseKey: Secret;
  /** Frames per ratchet step; the standard limit unless a test lowers it. */
  readonly counterLimit?: number;
}

/** One generation of the own key: seals frames and takes ratchet steps. */
export class SenderKey {
  readonly #options: SenderKeyOptions;
  #baseKey: Secret;
  #step = 0;
  #context: SealingContext;

  constructor(options: SenderKeyOptions) {
    this.#options = options;
    this.#baseKey = options.baseKey;
    this.#context = this.#newContext();
  }

  get id(): SenderKeyId {
    return { generation: this.#options.generation, step: this.#step };
  }

  /** Frames sealed under the current step. */
  get framesSealed(): number {
    return this.#context.framesSealed;
  }

  get canRatchet(): boolean {
    return this.#step < lastRatchetStep;
  }

  seal(payload: Uint8Array): Outcome {
    return this.#context.seal(payload);
  }

  /**
   * One step on: what was sealed before stays closed to whoever gets the base key now.
   * @throws RangeError after the last step: draw a fresh generation.
   */
  ratchet(): void {
    if (!this.canRatchet) throw new RangeError('no ratchet step left in this generation');
    const next = this.#baseKey.use((bytes) => ratchetBaseKey(this.#options.suite, bytes));
    this.wipe();
    this.#baseKey = Secret.take(next);
    this.#step++;
    this.#context = this.#newContext();
  }

  /** Lends the current step's base key, for sealing it to a peer. */
  useBaseKey<T>(use: (bytes: Uint8Array) => T): T {
    return this.#baseKey.use(use);
  }

  /** Afterwards frames are refused with `no-key`. Idempotent. */
  wipe(): void {
    this.#baseKey.wipe();
    this.#context.wipe();
  }

  #newContext(): SealingContext {
    const { suite, metadata, counterLimit } = this.#options;
    return this.#baseKey.use(
      (baseKey) =>
        new SealingContext({
          suite,
          metadata,
          baseKey,
          kid: encodeKeyId(this.id),
          ...(counterLimit === undefined ? {} : { counterLimit }),
        }),
    );
  }
}
