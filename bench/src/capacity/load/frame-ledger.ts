/**
 * Frames sent and where they arrived. A sealed frame is told by its own last bytes, so no number, SSRC or
 * timestamp has to survive the server, and it counts only if it arrives byte for byte.
 */

/** Random to whoever has no key: among the thousands of a window no two are alike. */
const fingerprintBytes = 6;

interface SentFrame {
  readonly atMs: number;
  readonly payload: Buffer;
  readonly heardBy: Set<number>;
}

export interface Arrivals {
  readonly delaysMs: readonly number[];
  /** Other bytes than were sent, or the same a second time. */
  readonly wrong: number;
}

export class FrameLedger {
  readonly #sent = new Map<number, SentFrame>();
  #delaysMs: number[] = [];
  #wrong = 0;
  #isOpen = false;

  /** From now on what is sent counts; what was sent before is forgotten. */
  open(): void {
    this.#sent.clear();
    this.#delaysMs = [];
    this.#wrong = 0;
    this.#isOpen = true;
  }

  /** From now on only arrivals count, of what was sent before. */
  stopSending(): void {
    this.#isOpen = false;
  }

  /** Everything that arrived since `open()`. */
  get arrivals(): Arrivals {
    return { delaysMs: this.#delaysMs, wrong: this.#wrong };
  }

  /** To be called right before a frame goes. @returns whether it counts */
  sending(payload: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    this.#sent.set(fingerprint(payload), {
      atMs: performance.now(),
      payload: Buffer.from(payload),
      heardBy: new Set(),
    });
    return true;
  }

  /** `listener`: any number, another one for each. */
  arrived(payload: Uint8Array, listener: number): void {
    const frame = this.#sent.get(fingerprint(payload));
    // Sent before the window, or damaged there.
    if (frame === undefined) return;
    if (frame.heardBy.has(listener) || !frame.payload.equals(payload)) {
      this.#wrong++;
      return;
    }
    frame.heardBy.add(listener);
    this.#delaysMs.push(performance.now() - frame.atMs);
  }
}

/** 48 bits: exact in a number. */
function fingerprint(payload: Uint8Array): number {
  const { byteOffset, byteLength } = payload;
  if (byteLength < fingerprintBytes) return -1;
  return Buffer.from(payload.buffer, byteOffset, byteLength).readUIntBE(
    byteLength - fingerprintBytes,
    fingerprintBytes,
  );
}
