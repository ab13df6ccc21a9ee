/** One member's copy of the own sender key: given again and again until acknowledged. */
import type { SenderKey } from '../sframe/sender-key.ts';
import type { SenderKeyId } from '../sframe/key-id.ts';
import { Repeater } from './repeater.ts';
import type { Scheduler } from './session-ports.ts';

/** More than a round trip through the relay, and soon enough for three tries before a switch. */
export const keyRepeatMs = { first: 300, max: 4000 } as const;

export interface KeyDeliveryOptions {
  readonly scheduler: Scheduler;
  /** Seals the key, at the step it has then, to this member. */
  readonly send: (key: SenderKey) => void;
}

export class KeyDelivery {
  readonly #options: KeyDeliveryOptions;
  readonly #repeater: Repeater;
  #owed: SenderKey | undefined;

  constructor(options: KeyDeliveryOptions) {
    this.#options = options;
    this.#repeater = new Repeater({
      scheduler: options.scheduler,
      firstIntervalMs: keyRepeatMs.first,
      maxIntervalMs: keyRepeatMs.max,
    });
  }

  /** The newest key given has not been acknowledged. */
  get isOwed(): boolean {
    return this.#owed !== undefined;
  }

  /** Takes the place of what was given before. The key stays the caller's, who cancels before wiping it. */
  owe(key: SenderKey): void {
    this.#repeater.stop();
    this.#owed = key;
  }

  /** Sends what is owed, and again until it is acknowledged. */
  give(): void {
    const key = this.#owed;
    if (key !== undefined) this.#repeater.start(() => this.#options.send(key));
  }

  /** @returns whether that was the acknowledgement waited for; one of an older generation is not. */
  acknowledge({ generation }: SenderKeyId): boolean {
    if (this.#owed?.id.generation !== generation) return false;
    this.cancel();
    return true;
  }

  /** Gives nothing more. Idempotent. */
  cancel(): void {
    this.#owed = undefined;
    this.#repeater.stop();
  }
}
