/**
 * The call's microphone, whichever device it is at the time, behind a gate: nothing is heard of it
 * before the sender that it feeds has proved that it protects what it sends.
 */
import { Microphone } from './microphone.ts';

export interface MicrophoneGateOptions {
  /** Undefined for the default one. */
  readonly deviceId: string | undefined;
  /** Asked whenever a device opens: the person may have muted while the browser asked for permission. */
  readonly isMuted: () => boolean;
  /** The device went away and another took over, which every sender is to send from now on. */
  readonly onReplaced: (track: MediaStreamTrack) => Promise<void>;
  /** The device went away and there is none to take over. */
  readonly onFailure: (error: unknown) => void;
}

export class MicrophoneGate {
  readonly #options: MicrophoneGateOptions;
  #microphone: Microphone;
  /** The sender whose first sealed frame opens the gate. */
  #pipeId: string | undefined;
  #isClosed = false;

  /** @throws CallError `microphone-denied` or `microphone-missing` */
  static async open(options: MicrophoneGateOptions): Promise<MicrophoneGate> {
    return new MicrophoneGate(options, await openDevice(options.deviceId, options));
  }

  private constructor(options: MicrophoneGateOptions, microphone: Microphone) {
    this.#options = options;
    this.#microphone = microphone;
    this.#follow(microphone);
  }

  /** Of the device of now. To be given to senders, not to be changed. */
  get track(): MediaStreamTrack {
    return this.#microphone.track;
  }

  get stream(): MediaStream {
    return this.#microphone.stream;
  }

  /** Loudness now, 0 to 1; 0 while closed. */
  level(): number {
    return this.#microphone.level();
  }

  setMuted(isMuted: boolean): void {
    this.#microphone.setMuted(isMuted);
  }

  /** Closed until `sealed` is called for this sender. */
  awaitSealing(pipeId: string): void {
    this.#pipeId = pipeId;
    this.#microphone.forbid();
  }

  /** A sender's first sealed frame was seen. Those of senders that are gone change nothing. */
  sealed(pipeId: string): void {
    if (pipeId === this.#pipeId) this.#microphone.permit();
  }

  /** For modes in which frames are not sealed. */
  permit(): void {
    this.#microphone.permit();
  }

  /** Releases the device. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#microphone.close();
  }

  #isOpen(): boolean {
    return !this.#isClosed;
  }

  #follow(microphone: Microphone): void {
    microphone.onEnded(() => {
      this.#replace(microphone).catch(this.#options.onFailure);
    });
  }

  /** The default device takes over, under the same sender and its transform. */
  async #replace(ended: Microphone): Promise<void> {
    if (!this.#isOpen() || this.#microphone !== ended) return;
    const microphone = await openDevice(undefined, this.#options);
    if (!this.#isOpen()) {
      microphone.close();
      return;
    }
    this.#microphone = microphone;
    this.#follow(microphone);
    await this.#options.onReplaced(microphone.track);
    if (ended.isPermitted) microphone.permit();
    ended.close();
  }
}

async function openDevice(
  deviceId: string | undefined,
  { isMuted }: MicrophoneGateOptions,
): Promise<Microphone> {
  const microphone = await Microphone.open({ deviceId, isMuted: isMuted() });
  microphone.setMuted(isMuted());
  return microphone;
}
