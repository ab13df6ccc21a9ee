/** What a worker behind a frame tap tells the page, past the code that it taps. */

export const tapChannelName = 'frame-tap';

export type TapQuestion = 'forget' | 'report';

/** What names a frame on both sides: its stream, its place there, and what is in it. */
interface NotedFrame {
  readonly ssrc: number | undefined;
  readonly rtpTimestamp: number | undefined;
  readonly checksum: number;
  /** On the clock that all workers of a page share. */
  readonly atMs: number;
}

export interface SentFrame extends NotedFrame {
  readonly plainBytes: number;
  readonly sealedBytes: number;
}

export interface TapReport {
  /** Noted when they entered the sender's transform. */
  readonly sent: readonly SentFrame[];
  /** Noted when they left the receiver's. */
  readonly received: readonly NotedFrame[];
}

/** Every worker reports; each either sends or receives. */
export function isTapReport(value: unknown): value is TapReport {
  return typeof value === 'object' && value !== null && 'sent' in value && 'received' in value;
}

export function frameName({ ssrc, rtpTimestamp, checksum }: NotedFrame): string {
  return [ssrc, rtpTimestamp, checksum].join(' ');
}
