/** What a listener on the network sees of speech: how large its frames are once a mode has sealed them. */
import { randomBytes } from 'node:crypto';
import type { FrameSealer } from '@earshot/keying/frame-transform';
import type { KeyingMode } from '@earshot/keying/mode';
import { createSdesSession } from '@earshot/keying/session';
import { defaultFrameSuite, frameMetadata, SealingContext } from '@earshot/keying/sframe';

const baseKeyBytes = 32;
/** RFC 7587 section 4.1: 20 ms of the 48 kHz clock. */
const ticksPerFrame = 960;
/**
 * RFC 9605 section 4.3: the header grows by a byte when the counter passes 8 and 256, whoever says what. After that
 * it stays as long for 20 minutes of speech.
 */
const settledFrames = 300;

/**
 * In the middle of a call: bytes of each frame as it leaves the browser's encoder, without the hop's own encryption,
 * which adds as many to all.
 * @throws Error if a frame is refused
 */
export function sealedSizes(mode: KeyingMode, frames: readonly Uint8Array[]): number[] {
  const sealer = sealerOf(mode);
  const seal = (payload: Uint8Array, place: number): number => {
    const outcome = sealer.seal(payload, { rtpTimestamp: (place * ticksPerFrame) >>> 0 });
    if (!outcome.ok) throw new Error(`not sealed: ${outcome.reason}`);
    return outcome.bytes.length;
  };
  const [first = new Uint8Array(1)] = frames;
  for (let i = 0; i < settledFrames; i++) seal(first, i);
  return frames.map((frame, i) => seal(frame, settledFrames + i));
}

function sealerOf(mode: KeyingMode): FrameSealer {
  switch (mode) {
    case 'dtls':
      return { seal: (bytes) => ({ ok: true, bytes }) };
    case 'sdes': {
      const session = createSdesSession({ random });
      session.announceLine();
      return session.sealer;
    }
    case 'e2ee':
      return new SealingContext({
        suite: defaultFrameSuite,
        kid: 0n,
        baseKey: random(baseKeyBytes),
        metadata: frameMetadata({ callId: 'phrases', senderId: 'speaker', mode }),
      });
  }
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(length));
}
