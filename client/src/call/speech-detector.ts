/** Who speaks, from loudness: quick to begin, slow to end, so that pauses between words do not flicker. */

const beginsAtLevel = 0.12;
const endsBelowLevel = 0.06;
const holdMs = 600;

export class SpeechDetector {
  #isSpeaking = false;
  #lastLoudAtMs = 0;

  /** @param level 0 to 1 @param nowMs any clock that does not go back */
  update(level: number, nowMs: number): boolean {
    if (level >= (this.#isSpeaking ? endsBelowLevel : beginsAtLevel)) {
      this.#isSpeaking = true;
      this.#lastLoudAtMs = nowMs;
    } else if (nowMs - this.#lastLoudAtMs >= holdMs) {
      this.#isSpeaking = false;
    }
    return this.#isSpeaking;
  }
}
