/** Every frame of a call: who opened it when it came, and who could with all they ever held. */
import { switchDeadlineFrames, switchDeadlineMs } from '../../src/session/sender-keys.ts';
import { frameMetadata } from '../../src/sframe/index.ts';
import { callId } from './attendance.ts';
import type { Attendance, Surroundings } from './attendance.ts';

export interface LoggedFrame {
  readonly speaker: Attendance;
  readonly atMs: number;
  /** Since when the speaker's device had been awake. */
  readonly awakeSinceMs: number;
  /** Own frames sealed before. */
  readonly place: number;
  readonly bytes: Uint8Array;
  /** Generation and step that the speaker says it is of. */
  readonly key: string;
  /** Everyone in the call then. */
  readonly audience: readonly Attendance[];
}

interface SeenLeave {
  readonly speaker: Attendance;
  readonly leaver: Attendance;
  readonly atMs: number;
  readonly place: number;
  readonly latenessMs: number;
}

export class FrameLog {
  readonly frames: LoggedFrame[] = [];
  /** Opened though the speaker had agreed on nothing with the listener. */
  readonly overheard: string[] = [];
  /** Longest run of frames that somebody should have heard and did not. */
  longestSilence = 0;
  /** Frames missed by somebody who had heard that speaker before. */
  interrupted = 0;
  readonly #call: Surroundings;
  readonly #leaves: SeenLeave[] = [];
  readonly #places = new Map<string, number>();
  readonly #acquainted = new Set<string>();
  readonly #silences = new Map<string, number>();
  #underWay: LoggedFrame[] = [];
  /** Of the last frame of everyone that reached everyone. */
  lastHeard = new Map<string, boolean>();

  constructor(call: Surroundings) {
    this.#call = call;
  }

  sealed(speaker: Attendance, bytes: Uint8Array): void {
    const place = this.#places.get(speaker.id) ?? 0;
    this.#places.set(speaker.id, place + 1);
    const { generation, step } = speaker.status;
    const frame: LoggedFrame = {
      ...{ speaker, place, bytes },
      atMs: this.#call.clock.nowMs,
      awakeSinceMs: speaker.device.awakeSinceMs,
      key: `${speaker.id} ${generation} ${step}`,
      audience: [...this.#call.present.values()].filter((one) => one !== speaker),
    };
    this.frames.push(frame);
    this.#underWay.push(frame);
  }

  /** The frames sealed since the last time arrive. */
  hear(): void {
    const frames = this.#underWay;
    this.#underWay = [];
    this.lastHeard = new Map();
    for (const frame of frames) {
      for (const listener of frame.audience) this.#arrive(frame, listener);
    }
  }

  noteLeave(speaker: Attendance, leaver: Attendance): void {
    const { latenessMs } = speaker.device;
    const place = this.#places.get(speaker.id) ?? 0;
    this.#leaves.push({ speaker, leaver, atMs: this.#call.clock.nowMs, place, latenessMs });
  }

  /** The frames, one per key, that this person may never open. */
  closedTo(listener: Attendance): LoggedFrame[] {
    const byKey = new Map<string, LoggedFrame>();
    for (const frame of this.frames) {
      if (frame.speaker === listener || !this.#isClosedTo(frame, listener)) continue;
      byKey.set(`${frame.key} ${this.#isBeforeAgreement(frame, listener)}`, frame);
    }
    return [...byKey.values()];
  }

  heldKeysOpen(holder: Attendance, { speaker, bytes }: LoggedFrame): boolean {
    const metadata = frameMetadata({ callId, senderId: speaker.id, mode: 'e2ee' });
    const line = { holder: holder.id, sender: speaker.id };
    return this.#call.heldKeys.opens(line, { bytes, metadata });
  }

  #arrive(frame: LoggedFrame, listener: Attendance): void {
    if (!this.#call.present.has(listener.id) || listener.device.isAsleep) return;
    const line = `${listener.id} of ${frame.speaker.id}`;
    const outcome = listener.session.openerFor(frame.speaker.id).open(frame.bytes);
    this.lastHeard.set(line, outcome.ok);
    if (outcome.ok && this.#isBeforeAgreement(frame, listener)) this.overheard.push(line);
    if (!this.#shouldHear(frame, listener)) return;
    if (outcome.ok) this.#acquainted.add(line);
    else if (this.#acquainted.has(line)) this.interrupted++;
    const silence = outcome.ok ? 0 : (this.#silences.get(line) ?? 0) + 1;
    this.#silences.set(line, silence);
    this.longestSilence = Math.max(this.longestSilence, silence);
  }

  #shouldHear({ speaker, atMs, awakeSinceMs }: LoggedFrame, listener: Attendance): boolean {
    // Who wakes up speaks once under the key of before, which the others may have given up long ago.
    const isOnTime = awakeSinceMs < atMs;
    const isAwake = listener.device.awakeSinceMs <= atMs;
    const secureSinceMs = speaker.secureSinceMs.get(listener.id) ?? Infinity;
    return isOnTime && isAwake && secureSinceMs <= atMs && this.#call.calmSinceMs <= atMs;
  }

  #isBeforeAgreement({ speaker, atMs }: LoggedFrame, listener: Attendance): boolean {
    // A frame of the same moment was sealed first: agreement comes with a message, between frames.
    return atMs < (speaker.secureSinceMs.get(listener.id) ?? Infinity);
  }

  #isClosedTo(frame: LoggedFrame, listener: Attendance): boolean {
    if (this.#isBeforeAgreement(frame, listener)) return true;
    const leave = this.#leaves.find(
      ({ speaker, leaver }) => speaker === frame.speaker && leaver === listener,
    );
    if (leave === undefined) return false;
    if (frame.place - leave.place > switchDeadlineFrames) return true;
    // Whoever slept in between speaks a frame or two before its timers have caught up.
    const hasSlept = frame.awakeSinceMs > leave.atMs;
    return !hasSlept && frame.atMs > leave.atMs + switchDeadlineMs + leave.latenessMs;
  }
}
