/** Frames on their way out and in: sealed, opened or dropped. */
export { FrameCounter } from './frame-counter.ts';
export { createOpenTransform, createSealTransform } from './frame-transform.ts';
export type {
  EncodedFrame,
  FrameController,
  FrameTransform,
  OpenTransformOptions,
  SealTransformOptions,
} from './frame-transform.ts';
export type { FrameCounts, FrameInfo, FrameOpener, FrameSealer } from './frame-ports.ts';
