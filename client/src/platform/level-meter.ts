/** Loudness of a live stream. */

const windowSamples = 1024;
/** Speech at a usual distance has an RMS of about 0.1: scaled so that it fills half the meter. */
const fullScaleRms = 0.2;

/** Web Audio's `sinkId`, which lib.dom does not know: no output device that would have to be fed with silence. */
const withoutOutput: AudioContextOptions & { readonly sinkId: { readonly type: 'none' } } = {
  sinkId: { type: 'none' },
};

export class LevelMeter {
  readonly #context = new AudioContext(withoutOutput);
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(windowSamples);

  constructor(stream: MediaStream) {
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = windowSamples;
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
  }

  /** 0 to 1, over the last 21 ms at 48 kHz. */
  level(): number {
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined);
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let energy = 0;
    for (const sample of this.#samples) energy += sample * sample;
    return levelOfRms(Math.sqrt(energy / windowSamples));
  }

  /** Idempotent. */
  close(): void {
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}

/** The one scale for every loudness shown. @param rms root mean square of samples from -1 to 1. */
export function levelOfRms(rms: number): number {
  return Math.min(1, rms / fullScaleRms);
}
