/**
 * The microphone. The one module that calls getUserMedia and sets `track.enabled`: a track is open
 * only while the person is not muted and the engine permits it, and starts closed.
 */
import { CallError, type MicrophoneDevice, type MicrophonePreview } from './call-api.ts';
import { LevelMeter } from '../platform/level-meter.ts';

export class Microphone {
  readonly #stream: MediaStream;
  readonly #track: MediaStreamTrack;
  readonly #meter: LevelMeter;
  #isMuted: boolean;
  #isPermitted = false;

  /** @throws CallError `microphone-denied` or `microphone-missing` */
  static async open(options: {
    /** Undefined for the default one. */
    readonly deviceId: string | undefined;
    readonly isMuted: boolean;
  }): Promise<Microphone> {
    const stream = await openStream(options.deviceId);
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new CallError('microphone-missing', 'a stream without audio');
    return new Microphone(stream, track, options.isMuted);
  }

  /** For the level meter of the join page: nothing is sent from it. Rejects like `open`. */
  static async preview(deviceId: string | undefined): Promise<MicrophonePreview> {
    const microphone = await Microphone.open({ deviceId, isMuted: false });
    microphone.permit();
    return {
      level: () => microphone.level(),
      close: () => {
        microphone.close();
      },
    };
  }

  private constructor(stream: MediaStream, track: MediaStreamTrack, isMuted: boolean) {
    this.#stream = stream;
    this.#track = track;
    this.#isMuted = isMuted;
    this.#apply();
    this.#meter = new LevelMeter(stream);
  }

  /** To be given to senders, not to be changed. */
  get track(): MediaStreamTrack {
    return this.#track;
  }

  get stream(): MediaStream {
    return this.#stream;
  }

  /** The device went away. */
  onEnded(listener: () => void): void {
    this.#track.addEventListener('ended', listener);
  }

  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#apply();
  }

  get isPermitted(): boolean {
    return this.#isPermitted;
  }

  /** What it hears may be sent: the sender proved that it protects what it sends. */
  permit(): void {
    this.#isPermitted = true;
    this.#apply();
  }

  forbid(): void {
    this.#isPermitted = false;
    this.#apply();
  }

  /** Loudness now, 0 to 1; 0 while closed. */
  level(): number {
    return this.#track.enabled ? this.#meter.level() : 0;
  }

  /** Releases the device. Idempotent. */
  close(): void {
    this.forbid();
    this.#meter.close();
    this.#track.stop();
  }

  #apply(): void {
    this.#track.enabled = !this.#isMuted && this.#isPermitted;
  }
}

/** The microphones that there are. Labels are empty before the first permission. */
export async function listMicrophones(): Promise<readonly MicrophoneDevice[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices
    .filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }));
}

/** Calls `listener` now and whenever a device comes or goes; returns the unsubscription. */
export function watchMicrophones(
  listener: (devices: readonly MicrophoneDevice[]) => void,
): () => void {
  let isWatching = true;
  const report = (): void => {
    void listMicrophones().then((devices) => {
      if (isWatching) listener(devices);
    });
  };
  const devices = offeredDevices();
  devices?.addEventListener('devicechange', report);
  if (devices !== undefined) report();
  return () => {
    isWatching = false;
    devices?.removeEventListener('devicechange', report);
  };
}

async function openStream(deviceId: string | undefined): Promise<MediaStream> {
  try {
    return await mediaDevices().getUserMedia({
      audio: {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
      },
    });
  } catch (cause) {
    if (cause instanceof CallError) throw cause;
    throw new CallError(refusalReason(cause), 'the microphone did not open', { cause });
  }
}

function mediaDevices(): MediaDevices {
  const devices = offeredDevices();
  if (devices === undefined) {
    throw new CallError('microphone-denied', 'microphones need a secure page');
  }
  return devices;
}

/** Pages that did not come over HTTPS or from localhost have no devices at all, which lib.dom does not say. */
function offeredDevices(): MediaDevices | undefined {
  return 'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
}

function refusalReason(cause: unknown): 'microphone-denied' | 'microphone-missing' {
  const name = cause instanceof DOMException ? cause.name : '';
  return name === 'NotAllowedError' || name === 'SecurityError'
    ? 'microphone-denied'
    : 'microphone-missing';
}
