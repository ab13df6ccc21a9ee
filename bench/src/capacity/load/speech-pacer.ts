/**
 * Sends for many speakers at 50 frames a second each. Their turns are spread over the 20 ms: people do not
 * start to speak at the same instant, and a burst would measure the burst.
 */

const frameMs = 20;
/** Fractional parts of its multiples lie evenly, however many of them there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** A process that stood still this long goes on from now instead of making up for it. */
const longestDelayMs = 100;

interface Turn {
  readonly send: () => void;
  nextAtMs: number;
}

export class SpeechPacer {
  #turns: Turn[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** In place of those before. */
  speak(senders: readonly (() => void)[]): void {
    const nowMs = performance.now();
    this.#turns = senders.map((send, i) => ({
      send,
      nextAtMs: nowMs + ((i * goldenRatio) % 1) * frameMs,
    }));
    this.#timer ??= setInterval(() => {
      this.#sendDue();
    }, 1);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sendDue(): void {
    const nowMs = performance.now();
    for (const turn of this.#turns) {
      if (nowMs - turn.nextAtMs > longestDelayMs) turn.nextAtMs = nowMs;
      for (; turn.nextAtMs <= nowMs; turn.nextAtMs += frameMs) turn.send();
    }
  }
}
