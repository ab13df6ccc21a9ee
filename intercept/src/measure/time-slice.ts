/**
 * What takes long and runs on the lab's main thread shares it with the relays under other people's calls. Working
 * in slices lets those forward what came meanwhile: a call whose packets stand still for seconds is over.
 */
import { setImmediate as othersServed } from 'node:timers/promises';

/** Half the time from one audio packet to the next. */
const sliceMs = 10;

export class TimeSlice {
  #endsAt = performance.now() + sliceMs;

  /** Between two short steps: resolves at once within the slice, and else after whatever waits was served. */
  async pause(): Promise<void> {
    if (performance.now() < this.#endsAt) return;
    await othersServed();
    this.#endsAt = performance.now() + sliceMs;
  }
}
