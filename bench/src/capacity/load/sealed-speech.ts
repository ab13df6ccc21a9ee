/** Opus frames of one speaker, each sealed anew (RFC 9605) under a key that nobody else has. */
import { randomBytes } from 'node:crypto';
import { Secret } from '@earshot/keying/secret';
import {
  defaultFrameSuite,
  frameMetadata,
  frameSuiteTable,
  SenderKey,
} from '@earshot/keying/sframe';
import { encodeSpeech } from '@earshot/peer/encoded-speech';

/** A second of a tone at a constant rate: 80 bytes a frame, as in calls of mode `e2ee`. */
const toneHz = 440;
const rateHz = 16_000;
const tone = Float32Array.from(
  { length: rateHz },
  (_, i) => 0.3 * Math.sin((2 * Math.PI * toneHz * i) / rateHz),
);

export type NextFrame = () => Uint8Array;

/** Encoded once, for as many speakers as wanted. */
export function sealedSpeech(): (speakerId: string) => NextFrame {
  const { frames } = encodeSpeech({ sampleRateHz: rateHz, samples: tone }, { rate: 'constant' });
  return (speakerId) => {
    const key = new SenderKey({
      suite: defaultFrameSuite,
      metadata: frameMetadata({ callId: 'capacity', senderId: speakerId, mode: 'e2ee' }),
      generation: 0,
      baseKey: Secret.take(randomBytes(frameSuiteTable[defaultFrameSuite].hashBytes)),
    });
    let index = 0;
    return () => {
      const frame = frames[index++ % frames.length];
      if (frame === undefined) throw new Error('no frames');
      const sealed = key.seal(frame);
      if (!sealed.ok) throw new Error(`not sealed: ${sealed.reason}`);
      return sealed.bytes;
    };
  };
}
