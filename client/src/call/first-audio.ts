/** Notes when each person's first frame was decoded and played, as a User Timing mark. */
import type { ParticipantId } from '@earshot/protocol';

const pollMs = 10;

export class FirstAudio {
  readonly #waiting = new Map<ParticipantId, RTCRtpReceiver>();
  #timer: ReturnType<typeof setInterval> | undefined;

  watch(personId: ParticipantId, receiver: RTCRtpReceiver): void {
    this.#waiting.set(personId, receiver);
    // Nothing is delivered to a muted track, and each look at its sources halts this thread.
    if (!receiver.track.muted) this.#startPolling();
    else receiver.track.addEventListener('unmute', () => this.#startPolling(), { once: true });
  }

  close(): void {
    this.#waiting.clear();
    this.#rest();
  }

  #startPolling(): void {
    if (this.#waiting.size === 0) return;
    this.#timer ??= setInterval(() => {
      this.#poll();
    }, pollMs);
  }

  #poll(): void {
    for (const [personId, receiver] of this.#waiting) {
      // A source appears when a frame of it is delivered to the track (W3C webrtc, 5.3.1): decoded, not just received.
      if (receiver.getSynchronizationSources().length === 0) continue;
      performance.mark(`earshot:first-audio:${personId}`);
      this.#waiting.delete(personId);
    }
    if (this.#waiting.size === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
