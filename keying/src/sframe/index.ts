/** Frames sealed end to end: SFrame, RFC 9605. */
export { defaultFrameSuite, frameSuites, frameSuiteTable } from './suites.ts';
export type { FrameSuite, FrameSuiteRow } from './suites.ts';
export { encodeHeader, parseHeader } from './header.ts';
export type { FrameHeader, ParsedFrameHeader } from './header.ts';
export {
  decodeKeyId,
  encodeKeyId,
  generationWindow,
  lastGeneration,
  lastRatchetStep,
  ratchetBits,
} from './key-id.ts';
export type { SenderKeyId } from './key-id.ts';
export { frameMetadata } from './metadata.ts';
export type { FrameOrigin } from './metadata.ts';
export {
  frameCounterLimit,
  OpeningContext,
  replayWindowFrames,
  SealingContext,
} from './frame-context.ts';
export type { FrameContextOptions, SealingContextOptions } from './frame-context.ts';
export { SenderKey } from './sender-key.ts';
export type { SenderKeyOptions } from './sender-key.ts';
export { framesUntilWipe, generationsKept, ReceiverKeyring } from './receiver-keyring.ts';
export type { ReceiverKeyringOptions } from './receiver-keyring.ts';
