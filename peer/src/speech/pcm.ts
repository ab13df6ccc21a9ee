/** Mono audio as numbers: samples from -1 to 1. */
export interface Pcm {
  readonly sampleRateHz: number;
  readonly samples: Float32Array;
}

/** One Opus frame of 20 ms as it travels. */
export interface OpusFrame {
  /** 32 bits, of the RTP clock. */
  readonly timestamp: number;
  /** RFC 6716 section 3. */
  readonly payload: Uint8Array;
}

/** RFC 7587 section 4.1: the RTP clock of Opus, whatever the audio's bandwidth. */
export const rtpClockHz = 48_000;
/** What WebRTC endpoints send by default (RFC 7874 section 3). */
export const frameMs = 20;
export const ticksPerFrame = (rtpClockHz * frameMs) / 1000;
