/** A worker that seals and one that opens, as in the browsers of two people, under one sender's key. */
export interface TransformPair {
  /** For the sender of a stream, counted from 0. */
  readonly sealing: (stream: number) => RTCRtpScriptTransform;
  readonly opening: (stream: number) => RTCRtpScriptTransform;
}

export interface PairOptions {
  readonly isTapped: boolean;
}
