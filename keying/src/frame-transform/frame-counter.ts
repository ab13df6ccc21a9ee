import type { Rejection } from '../errors.ts';
import type { FrameCounts } from './frame-ports.ts';

/** Counts the frames of one direction and person; may outlive the transform that counts into it. */
export class FrameCounter {
  #passed = 0;
  readonly #dropped = new Map<Rejection, number>();

  /** A copy: later frames do not change it. */
  get counts(): FrameCounts {
    return { passed: this.#passed, dropped: Object.fromEntries(this.#dropped) };
  }

  pass(): void {
    this.#passed++;
  }

  drop(reason: Rejection): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }
}
